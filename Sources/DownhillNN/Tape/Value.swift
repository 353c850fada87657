public import DownhillBase

/// A tensor that a tape knows: a name for memory that the plan provides.
public struct Value: Hashable, Sendable, BitwiseCopyable {
  let index: Int
}

/// A parameter of a network: what an optimizer moves and a file keeps.
public struct NetworkParameter: Sendable {
  /// As the usual PyTorch implementation calls it, such as `transformer.h.0.attn.c_attn.weight`.
  public let name: String
  /// [out, in], as PyTorch has it.
  public let shape: Shape
  public let role: ParameterRole
  /// What it holds before the first step.
  public let start: Initializer
}

/// What a network keeps that no optimizer moves: running statistics.
public struct NetworkBuffer: Sendable {
  /// As the usual PyTorch implementation calls it, such as `bn1.running_mean`.
  public let name: String
  public let shape: Shape
  /// What it holds before the first step, everywhere.
  public let start: Double
}

/// How the numbers of a tensor lie in memory.
enum Layout: Sendable {
  /// Row by row.
  case plain
  /// Images whose channels are cut into blocks of sixteen: [batch, ⌈channels/16⌉, rows, columns, 16]. What the last block
  /// has too many is zero.
  case blocked

  /// How many channels lie together.
  static let block = 16

  /// How many numbers a tensor takes.
  func storedCount(_ shape: Shape) -> Int {
    switch self {
    case .plain: shape.count
    case .blocked: Self.stored(shape.dimensions).reduce(1, *)
    }
  }

  private static func stored(_ images: [Int]) -> [Int] { [images[0], blocks(of: images[1]) * block] + images[2...] }

  /// How many blocks there are of so many channels.
  static func blocks(of channels: Int) -> Int { (channels + block - 1) / block }
}

/// What a value is.
enum ValueKind: Equatable {
  /// Made by an operation.
  case computed
  /// Handed in as numbers.
  case input(String)
  /// Handed in as whole numbers: tokens, labels.
  case indices(String)
  /// By its place among the parameters.
  case parameter(Int)
  /// By its place among the buffers.
  case buffer(Int)
}

struct ValueDescription {
  let shape: Shape
  let kind: ValueKind
  /// The value whose memory it is, in another shape.
  let base: Value?
  var layout = Layout.plain
}
