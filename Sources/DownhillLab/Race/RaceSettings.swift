public import Downhill

/// What all runs of a race share.
public struct RaceSettings: Sendable {
  /// In what numbers the weights, gradients and state are held.
  public enum Precision: String, CaseIterable, Sendable {
    case f64
    case f32
  }

  /// An optimizer with the spec as it was written.
  public struct Entrant: Sendable {
    /// Who walks.
    public enum Kind: Sendable {
      /// A rule with its wrappers, which is handed gradients.
      case rule(OptimizerSpec)
      /// A second-order method, which evaluates the problem itself.
      case method(MethodSpec)
    }

    public let text: String
    public let kind: Kind

    /// - Throws: A `SpecError` for an unknown name or a value out of range.
    public init(_ text: String, from catalogue: Catalogue) throws(SpecError) {
      self.text = text
      kind =
        if let method = try catalogue.parseMethod(text) { .method(method) } else { .rule(try catalogue.parse(text)) }
    }

    /// The rule with its wrappers, where it is one.
    var rule: OptimizerSpec? {
      if case .rule(let spec) = kind { spec } else { nil }
    }

    /// The method, where it is one.
    var method: MethodSpec? {
      if case .method(let method) = kind { method } else { nil }
    }
  }

  public var entrants: [Entrant]
  public var steps: Int
  public var seed: UInt64
  /// The standard deviation of the normal noise that is added to every number of every gradient; the same numbers for
  /// every run.
  public var noise: Double
  public var precision: Precision
  /// The steps, counted from 0, after whose update the state is recorded.
  public var inspectedSteps: [Int]
  /// Whether the state is recorded over all steps too, for a picture.
  public var tracesState = false
  /// Whether the singular values of weights, momentum and update are recorded along the steps.
  public var tracesSpectra = false

  /// A picture shows no more points than this.
  var traceStride: Int { max(1, steps / 400) }

  public init(
    entrants: [Entrant], steps: Int, seed: UInt64 = 0, noise: Double = 0, precision: Precision = .f64,
    inspectedSteps: [Int] = []
  ) {
    self.entrants = entrants
    self.steps = steps
    self.seed = seed
    self.noise = noise
    self.precision = precision
    self.inspectedSteps = inspectedSteps
  }
}
