public import DownhillBase

/// A model on a tape with its input, its targets and its loss: cross-entropy for classes, the squared error for numbers.
public struct ModelLoss: Sendable {
  /// What the model reads.
  public let input: Value
  /// Logits or numbers.
  public let outputs: Value
  /// One class a row of logits, or numbers of the outputs' shape.
  public let targets: Value
  /// One number.
  public let loss: Value
  /// How much each item counts, [batch]; nil where all count the same.
  public let weights: Value?

  /// Appends the network and its loss.
  /// - Parameters:
  ///   - model: The network.
  ///   - tape: What it is appended to.
  ///   - shape: Of a batch of what the model reads.
  ///   - isWeighted: Whether items count as `weights` says.
  ///   - smoothing: The share of a target class that is spread over all classes, in [0, 1).
  ///   - seed: Of the dropout.
  public init(
    _ model: any Model, on tape: Tape, reading shape: Shape, isWeighted: Bool = false, smoothing: Double = 0,
    seed: UInt64 = 0
  ) {
    input = model.input.isOfTokens ? tape.indices("input", shape) : tape.input("input", shape)
    outputs = model.outputs(on: tape, input, seed: seed)
    weights = isWeighted ? tape.input("weights", [shape.rows]) : nil
    let made = tape.shape(of: outputs)
    switch model.output {
    case .classes:
      targets = tape.indices("targets", Shape(made.dimensions.dropLast()))
      loss = tape.crossEntropy(outputs, targets, weights: weights, smoothing: smoothing)
    case .numbers:
      targets = tape.input("targets", made)
      loss = tape.squaredError(outputs, targets, weights: weights)
    }
  }
}

extension ModelInput {
  /// Whether it is whole numbers.
  public var isOfTokens: Bool { if case .tokens = self { true } else { false } }

  /// The shape of so many items; of tokens, of sequences as long as the context.
  public func shape(batch: Int) -> Shape {
    switch self {
    case .images(let channels, let size): [batch, channels, size.rows, size.columns]
    case .features(let count): [batch, count]
    case .tokens(let context, _): [batch, context]
    }
  }
}
