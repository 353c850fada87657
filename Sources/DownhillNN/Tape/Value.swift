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
}

struct ValueDescription {
  let shape: Shape
  let kind: ValueKind
  /// The value whose memory it is, in another shape.
  let base: Value?
}
