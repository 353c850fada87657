/// What a parameter does in its network: rules, rates and decay are often chosen by it.
public enum ParameterRole: CaseIterable, Sendable, Equatable {
  /// A matrix between two layers of activations.
  case hidden
  /// A table of vectors, looked up by token or position.
  case embedding
  /// The last matrix, which makes the outputs.
  case head
  /// Filters of a convolution.
  case convolution
  /// The factors of a normalisation.
  case gain
  /// What is added to a layer's outputs.
  case bias
  /// A single number.
  case scalar

  /// Its spelling in a plan.
  public var name: StaticString {
    switch self {
    case .hidden: "hidden"
    case .embedding: "embedding"
    case .head: "head"
    case .convolution: "convolution"
    case .gain: "gain"
    case .bias: "bias"
    case .scalar: "scalar"
    }
  }
}
