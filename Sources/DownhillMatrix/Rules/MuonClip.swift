public import Downhill
public import DownhillBase

/// MuonClip: the Muon of Kimi K2. `QKClip` is its other half, an operation on the weights of queries and keys.
///
///     M ← μM + G
///     O = the orthogonal factor of M, nearly
///     W ← (1 − ηλ)W − η·0.2·√max(m, n)·O
///
/// Kimi Team 2025, *Kimi K2: Open Agentic Intelligence*, arXiv:2507.20534.
public struct MuonClip: MatrixRule, OrthogonalizingRule, BlockRule {
  public var learningRate = 1e-3
  public var weightDecay = 0.1
  public var momentum = 0.95
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: μ in [0, 1), the decay rate of the sum of gradients.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: Double = 0.95, weightDecay: Double = 0.1,
    orthogonalizer: Orthogonalizer = Orthogonalizer(), blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "muon-clip"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "The Muon of Kimi K2, at AdamW's size of step; the clipping of queries and keys is a call of its own.",
    equation: """
      M ← μM + G
      O = the orthogonal factor of M, nearly
      W ← (1 − ηλ)W − η·0.2·√max(rows, columns)·O
      """,
    flopsPerWeight: 7,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no MuonClip. muon with momentum-form=sum, nesterov=false and scale=match-rms-adamw is the same. QKClip \
      scales the weights of queries and keys by the largest logits that the caller has seen; a step does not.
      """,
    references: ["Kimi Team 2025, Kimi K2: Open Agentic Intelligence, arXiv:2507.20534"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("momentum", "Decay rate of the sum of gradients, μ.", { $0.momentum }, { $0.momentum = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
    ] + Knob.orthogonalizer + Knob.blocks
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let sum = MatrixMomentum(momentum, nesterov: false, form: .sum)
    let update = sum.advance(step, step[.momentum], into: step.direction)
    let stack = blocks.stack(of: step.shape)
    let size = ShapeScale.matchRMSAdamW.factor(rows: stack.rows, columns: stack.columns)
    orthogonalizer.orthogonalize(
      stack, from: update, into: step.direction, scale: size, workspace: step.workspace, on: step.machine, step.loop)
  }
}
