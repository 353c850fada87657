public import Downhill
public import DownhillBase

/// Adam-mini: AdamW with one mean square for each row of a matrix, and one for a whole vector.
///
///     w ← (1 − ηλ)w
///     m ← β₁m + (1 − β₁)g
///     v ← β₂v + (1 − β₂)·(mean of g² over the block)
///     w ← w − η · m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
///
/// Zhang et al. 2024, *Adam-mini: Use Fewer Learning Rates To Gain More*, arXiv:2406.16793.
///
/// A row of a matrix [out, in] is what one output neuron, or one token of an embedding, takes. The authors' code blocks
/// the matrices of queries and keys by heads, whose number a shape does not tell.
public struct AdamMini: MatrixRule {
  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay = 0.0

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - beta1: β₁ in [0, 1).
  ///   - beta2: β₂ in [0, 1).
  ///   - epsilon: ε ≥ 0, outside the root.
  ///   - weightDecay: λ ≥ 0, decoupled.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public static let name: StaticString = "adam-mini"
  public static let about = RuleDescription(
    family: "adaptive",
    summary: "AdamW with one mean square for each row of a matrix.",
    equation: """
      w ← (1 − ηλ)w
      m ← β₁m + (1 − β₁)g
      v ← β₂v + (1 − β₂)·(mean of g² over a row of a matrix, or over a vector)
      w ← w − η·m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
      """,
    flopsPerWeight: 6,
    hugeGradients: .stalls,
    differences:
      "PyTorch has no Adam-mini. The authors' code but for the blocks of queries and keys, which are its heads.",
    references: ["Zhang et al. 2024, Adam-mini: Use Fewer Learning Rates To Gain More, arXiv:2406.16793"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("beta1", "Decay rate of the mean of gradients, β₁.", { $0.beta1 }, { $0.beta1 = $1 }),
      .averaging("beta2", "Decay rate of the mean of squared gradients, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .epsilon("Added to the root, ε.", { $0.epsilon }, { $0.epsilon = $1 }),
      .weightDecay("Decoupled: w shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case mean, variance

    public var name: StaticString {
      switch self {
      case .mean: "exp_avg"
      case .variance: "vmean"
      }
    }
    public var extent: StateExtent { self == .variance ? .blocks : .weight }
  }

  public static var takesVectors: Bool { true }
  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int { 0 }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (meanCorrection, rootCorrection) = (
      1 / (1 - power(beta1, step.number)), 1 / (1 - power(beta2, step.number)).squareRoot()
    )
    let blocks = step.shape.isMatrix ? step.shape.rows : 1
    let length = step.shape.count / blocks
    let (kept, fresh) = (Scalar(nearest: beta1), Scalar(nearest: 1 - beta1))
    for block in 0..<blocks {
      let start = block * length
      let square = sumOfSquares(step.gradient + start, length) / Double(length)
      let v = Scalar(nearest: beta2 * step[.variance][block].wide + (1 - beta2) * square)
      step[.variance][block] = v
      let root = rootCorrection * v.wide.squareRoot() + epsilon
      let factor = Scalar(nearest: root > 0 ? meanCorrection / root : 0)
      let (gradient, mean, target) = (step.gradient + start, step[.mean] + start, step.direction + start)
      for place in 0..<length {
        let m = kept * mean[place] + fresh * gradient[place]
        mean[place] = m
        target[place] = factor * m
      }
    }
  }
}
