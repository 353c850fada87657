public import Downhill
public import DownhillBase

/// Spectral descent: the steepest descent under the spectral norm.
///
///     O = the orthogonal factor of G, nearly
///     W ← (1 − ηλ)W − η·⟨G, O⟩·O
///
/// Carlson et al. 2015, *Preconditioned Spectral Descent for Deep Learning*, Advances in Neural Information Processing
/// Systems 28.
///
/// With the exact factor ⟨G, O⟩ is the sum of G's singular values, the norm that is dual to the spectral one.
public struct SpectralDescent: MatrixRule, OrthogonalizingRule, BlockRule {
  public var learningRate = 1e-2
  public var weightDecay = 0.0
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, weightDecay: Double = 0, orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "spectral-descent"
  public static let about = RuleDescription(
    family: "matrix",
    summary:
      "Steepest descent under the spectral norm: the gradient's orthogonal factor, at its nuclear norm's length.",
    equation: """
      O = the orthogonal factor of G, nearly
      W ← (1 − ηλ)W − η·⟨G, O⟩·O
      """,
    flopsPerWeight: 7,
    hugeGradients: .proportional,
    differences: """
      PyTorch has no spectral descent. polar-grad with momentum=0 is the same; so is steepest:norm=spectral with this \
      orthogonalizer. The paper takes the factor from a randomised decomposition.
      """,
    references: ["Carlson et al. 2015, Preconditioned Spectral Descent for Deep Learning, NeurIPS 28"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
    ] + Knob.orthogonalizer + Knob.blocks
  }

  public typealias Part = NoState

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let stack = blocks.stack(of: step.shape)
    orthogonalizer.orthogonalize(
      stack, from: step.gradient, into: step.direction, workspace: step.workspace, on: step.machine, step.loop)
    scaleByInnerProducts(with: step.gradient, step.direction, stack)
  }
}
