public import DownhillBase

/// A network as the catalogue lists it: knobs, what it reads, what it makes.
public protocol Model: Configurable {
  /// What it reads.
  var input: ModelInput { get }
  /// What it makes of it.
  var output: ModelOutput { get }

  /// Appends the network.
  /// - Parameters:
  ///   - tape: What it is appended to.
  ///   - input: A batch of what the model reads, with as many dimensions as `ModelInput` says.
  ///   - seed: Of the dropout.
  /// - Returns: One row an item: logits, or numbers.
  func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value
}

/// What a model reads.
public enum ModelInput: Sendable, Equatable {
  /// [batch, channels, rows, columns]; the size is only a default where the model takes any.
  case images(channels: Int, size: Extent)
  /// [batch, features].
  case features(Int)
  /// [batch, time] of whole numbers, time at most the context.
  case tokens(context: Int, vocabulary: Int)
}

/// What a model makes.
public enum ModelOutput: Sendable, Equatable {
  /// Logits of so many classes: of each item, or of each token.
  case classes(Int)
  /// So many numbers.
  case numbers(Int)
}

extension ActivationKind: KnobChoice {
  /// Its spelling on the command line.
  public var knobName: StaticString {
    switch self {
    case .identity: "identity"
    case .relu: "relu"
    case .relu2: "relu2"
    case .gelu: "gelu"
    case .geluTanh: "gelu-tanh"
    case .silu: "silu"
    case .tanh: "tanh"
    }
  }
}

/// Knobs that several models have.
extension Knob where Owner: Model {
  static func classes(
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer("classes", in: KnobRange(1, 1e6), "How many classes there are; from the data.", read, write)
  }

  static func inputs(
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer("inputs", in: KnobRange(1, 1e7), "How many numbers an item has; from the data.", read, write)
  }

  static func channels(
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer("channels", in: KnobRange(1, 4096), "Channels of an image: 3 for colours; from the data.", read, write)
  }

  static func size(
    _ read: @escaping @Sendable (Owner) -> Extent, _ write: @escaping @Sendable (inout Owner, Extent) -> Void
  ) -> Self {
    .extent("size", in: KnobRange(1, 4096), "Rows and columns of an image; from the data.", read, write)
  }

  static func activation(
    _ read: @escaping @Sendable (Owner) -> ActivationKind,
    _ write: @escaping @Sendable (inout Owner, ActivationKind) -> Void
  ) -> Self {
    .choice("activation", "What is applied number by number between layers.", read, write)
  }

  /// A number of things, at least one.
  static func count(
    _ name: StaticString, atMost most: Double = 65_536, _ help: StaticString,
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer(name, in: KnobRange(1, most), help, read, write)
  }
}
