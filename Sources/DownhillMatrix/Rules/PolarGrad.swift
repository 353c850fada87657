public import Downhill
public import DownhillBase

/// PolarGrad: Muon whose step is as long as the momentum's nuclear norm says, so that it shrinks near a minimum.
///
///     U, O as in Muon
///     W ← (1 − ηλ)W − η·⟨U, O⟩·O
///
/// Lau, Long, Su 2025, *PolarGrad: A Class of Matrix-Gradient Optimizers from a Unifying Preconditioning Perspective*,
/// arXiv:2505.21799.
///
/// With the exact factor ⟨U, O⟩ is the sum of U's singular values. It is taken block by block.
public struct PolarGrad: MatrixRule, OrthogonalizingRule, MomentumRule, BlockRule, DecayFormRule {
  public var learningRate = 1e-3
  public var weightDecay = 0.1
  public var decayForm = DecayForm.decoupled
  public var momentum = MatrixMomentum()
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: The average of gradients, and whether to look ahead along it.
  ///   - weightDecay: λ ≥ 0.
  ///   - decayForm: Where λ acts.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: MatrixMomentum = MatrixMomentum(), weightDecay: Double = 0.1,
    decayForm: DecayForm = .decoupled, orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decayForm = decayForm
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "polar-grad"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Muon at the length of the momentum's nuclear norm, so that steps shrink where gradients do.",
    equation: """
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = the orthogonal factor of U, nearly
      W ← (1 − ηλ)W − η·⟨U, O⟩·O
      """,
    flopsPerWeight: 11,
    hugeGradients: .proportional,
    differences: """
      PyTorch has no PolarGrad. The authors have forms with the momentum before and behind the polar factor, this is the \
      first; they find the factor by QDWH or ZOLO-PD, which is svd to rounding.
      """,
    references: [
      """
      Lau, Long, Su 2025, PolarGrad: A Class of Matrix-Gradient Optimizers from a Unifying Preconditioning Perspective, \
      arXiv:2505.21799
      """
    ])
  public static var knobs: [Knob<Self>] {
    [.learningRate] + Knob.momentum + Knob.decay + Knob.orthogonalizer + Knob.blocks
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { decoupledDecay }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let ahead = momentum.nesterov ? padded(shape.count) * MemoryLayout<Scalar>.stride : 0
    return ahead + orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    // U is wanted beside O.
    let ahead = step.workspace.assumingMemoryBound(to: Scalar.self)
    let update = momentum.advance(step, step[.momentum], into: ahead, coupledDecay: coupledDecay)
    let rest = momentum.nesterov ? UnsafeMutableRawPointer(ahead + padded(step.shape.count)) : step.workspace
    let stack = blocks.stack(of: step.shape)
    orthogonalizer.orthogonalize(
      stack, from: update, into: step.direction, workspace: rest, on: step.machine, step.loop)
    scaleByInnerProducts(with: update, step.direction, stack)
  }
}

/// O ← ⟨U, O⟩·O for every matrix of a stack without gaps.
func scaleByInnerProducts<Scalar: WeightScalar>(
  with u: UnsafePointer<Scalar>, _ o: UnsafeMutablePointer<Scalar>, _ stack: MatrixStack
) {
  let count = stack.rows * stack.columns
  for block in 0..<stack.count {
    let (start, target) = (u + block * count, o + block * count)
    let product = innerProduct(start, UnsafePointer(target), count)
    for place in 0..<count { target[place] = Scalar(nearest: product * target[place].wide) }
  }
}
