public import Downhill
public import DownhillBase

/// AdaMuon: the orthogonal factor of the momentum's signs, each weight divided by the root of its mean square.
///
///     U as in Muon
///     O = the orthogonal factor of sign U, nearly       sign=false: of U
///     V ← β₂V + (1 − β₂)·O∘O
///     Ô = O / (√V + ε)
///     W ← (1 − ηλ)W − η·0.2·√(mn)·Ô/‖Ô‖
///
/// Si et al. 2025, *AdaMuon: Adaptive Muon Optimizer*, arXiv:2507.11005.
///
/// m × n and the norm are those of a block that is orthogonalised: the root of the mean square of a step is 0.2·η, whatever
/// the shape, which is AdamW's.
public struct AdaMuon: MatrixRule, OrthogonalizingRule, MomentumRule, BlockRule, DecayFormRule {
  public var learningRate = 1e-3
  public var weightDecay = 0.1
  public var decayForm = DecayForm.decoupled
  public var momentum = MatrixMomentum()
  /// The authors take that of the momentum.
  public var beta2 = 0.95
  public var rootEpsilon = 1e-8
  public var takesSigns = true
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: The average of gradients, and whether to look ahead along it.
  ///   - beta2: β₂ in [0, 1).
  ///   - rootEpsilon: ε ≥ 0, outside the root.
  ///   - takesSigns: Whether the signs of U are orthogonalised, or U itself.
  ///   - weightDecay: λ ≥ 0.
  ///   - decayForm: Where λ acts.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: MatrixMomentum = MatrixMomentum(), beta2: Double = 0.95,
    rootEpsilon: Double = 1e-8, takesSigns: Bool = true, weightDecay: Double = 0.1,
    decayForm: DecayForm = .decoupled, orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.beta2 = beta2
    self.rootEpsilon = rootEpsilon
    self.takesSigns = takesSigns
    self.weightDecay = weightDecay
    self.decayForm = decayForm
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "ada-muon"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Muon over the momentum's signs, with each weight's step divided by the root of its mean square.",
    equation: """
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = the orthogonal factor of sign U, nearly (sign=false: of U)
      V ← β₂V + (1 − β₂)O²
      Ô = O/(√V + ε)
      W ← (1 − ηλ)W − η·0.2·√(mn)·Ô/‖Ô‖
      """,
    flopsPerWeight: 18,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no AdaMuon. The authors' code but for β₂, which is the momentum's there, and their ε under ‖Ô‖, which is 0 \
      here. pytorch_optimizer leaves out the signs.
      """,
    references: ["Si et al. 2025, AdaMuon: Adaptive Muon Optimizer, arXiv:2507.11005"])
  public static var knobs: [Knob<Self>] {
    [.learningRate] + Knob.momentum + Knob.decay + [
      .averaging("beta2", "Decay rate of the mean of squares, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .number(
        "root-eps", in: KnobRange(0), scale: .logarithmic, "Added to the root of a mean, ε.", { $0.rootEpsilon },
        { $0.rootEpsilon = $1 }),
      .flag(
        "sign", "Orthogonalises the signs of the momentum, not itself.", { $0.takesSigns }, { $0.takesSigns = $1 }),
    ] + Knob.orthogonalizer + Knob.blocks
  }

  public enum Part: Int, StatePart {
    case momentum, squares

    public var name: StaticString {
      switch self {
      case .momentum: "momentum_buffer"
      case .squares: "second_momentum_buffer"
      }
    }
  }

  public var decay: WeightDecay { decoupledDecay }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let target = step.direction
    var update = momentum.advance(step, step[.momentum], into: target, coupledDecay: coupledDecay)
    if takesSigns {
      for place in 0..<step.shape.count { target[place] = sign(update[place]) }
      update = UnsafePointer(target)
    }
    let stack = blocks.stack(of: step.shape)
    orthogonalizer.orthogonalize(
      stack, from: update, into: target, workspace: step.workspace, on: step.machine, step.loop)
    let count = stack.rows * stack.columns
    for block in 0..<stack.count {
      let (o, v) = (target + block * stack.matrixStride, step[.squares] + block * stack.matrixStride)
      for place in 0..<count {
        let value = o[place].wide
        v[place] = Scalar(nearest: beta2 * v[place].wide + (1 - beta2) * value * value)
        o[place] = Scalar(nearest: quotient(value, v[place].wide.squareRoot() + rootEpsilon))
      }
      let norm = sumOfSquares(UnsafePointer(o), count).squareRoot()
      let factor = Scalar(nearest: quotient(0.2 * Double(count).squareRoot(), norm))
      for place in 0..<count { o[place] *= factor }
    }
  }
}
