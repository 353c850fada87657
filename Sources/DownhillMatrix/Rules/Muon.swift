public import Downhill
public import DownhillBase

/// Muon: momentum, orthogonalised, so that every direction of a matrix moves equally far.
///
///     w ← (1 − ηλ)w                                 decay=coupled: G ← G + λW instead
///     B ← μB + (1 − μ)G                             momentum-form=sum: B ← μB + G
///     U = (1 − μ)G + μB                             with Nesterov (G + μB of the sum); else U = B
///     O = the orthogonal factor of U (nearly)       by Newton-Schulz, or exactly
///     W ← W − η·s·O
///
/// with s = √max(1, rows/columns) (original), 0.2·√max(rows, columns) (match-rms-adamw), √(rows/columns)
/// (spectral-unclamped), or 1 (none), of each block that is orthogonalised.
///
/// Jordan et al. 2024, *Muon*, kellerjordan.github.io/posts/muon; Liu et al. 2025, *Muon is Scalable for LLM Training*,
/// arXiv:2502.16982 (match-rms-adamw); Bernstein 2025, *Deriving Muon* (spectral-unclamped).
///
/// A vector of n is an n×1 column: its step is its direction at length s·p(1), 0.696·s for five quintic steps. The filter of
/// a convolution is outputs × (inputs · height · width), and s follows from that.
public struct Muon: MatrixRule, OrthogonalizingRule, MomentumRule, BlockRule, DecayFormRule {
  public var learningRate = 1e-3
  /// PyTorch's. Decay uses the rate without the scale of the shape.
  public var weightDecay = 0.1
  public var decayForm = DecayForm.decoupled
  public var momentum = MatrixMomentum()
  public var scale = ShapeScale.original
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: The average of gradients, and whether to look ahead along it.
  ///   - weightDecay: λ ≥ 0.
  ///   - decayForm: Where λ acts.
  ///   - scale: How the step's size follows from the shape.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: MatrixMomentum = MatrixMomentum(), weightDecay: Double = 0.1,
    decayForm: DecayForm = .decoupled, scale: ShapeScale = .original, orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decayForm = decayForm
    self.scale = scale
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "muon"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Orthogonalises the momentum of each matrix, so that all its directions move equally far.",
    equation: """
      W ← (1 − ηλ)W
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = UVᵀ of U's singular value decomposition, nearly: five times X ← aX + (bA + cA²)X, A = XXᵀ, from X = U/‖U‖
      W ← W − η·s·O,  s = √max(1, rows/columns), or as scale says
      """,
    flopsPerWeight: 9,
    hugeGradients: .bounded,
    differences: """
      torch.optim.Muon orthogonalises in bfloat16 always and takes 2-D tensors only; its eps is 1e-7 (here 0, so that the \
      step does not depend on the gradient's scale); a vector is an n×1 column here. flops a weight: without the \
      orthogonaliser, whose cost follows from the shape.
      """,
    references: [
      "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon",
      "Liu et al. 2025, Muon is Scalable for LLM Training, arXiv:2502.16982",
      "Bernstein 2025, Deriving Muon, jeremybernste.in/writing/deriving-muon",
    ])
  public static var knobs: [Knob<Self>] {
    [.learningRate] + Knob.momentum + Knob.decay + [
      .choice("scale", "How the step's size follows from the shape.", { $0.scale }, { $0.scale = $1 })
    ] + Knob.orthogonalizer + Knob.blocks
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { decoupledDecay }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let update = momentum.advance(step, step[.momentum], into: step.direction, coupledDecay: coupledDecay)
    let stack = blocks.stack(of: step.shape)
    orthogonalizer.orthogonalize(
      stack, from: update, into: step.direction, scale: scale.factor(rows: stack.rows, columns: stack.columns),
      workspace: step.workspace, on: step.machine, step.loop)
  }
}
