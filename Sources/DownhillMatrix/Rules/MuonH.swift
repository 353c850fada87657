public import Downhill
public import DownhillBase

/// MuonH: Muon on a sphere. A step goes a share η of the weights' norm, and is drawn back to that norm.
///
///     U, O as in Muon
///     W' = W − η·R·O/‖O‖,  R = ‖W‖
///     W ← R·W'/‖W'‖
///
/// Wen et al. 2026, *Fantastic Pretraining Optimizers and Where to Find Them II: the hyperball*, arXiv:2606.16899.
///
/// R is the norm of a matrix before the step, which the step keeps; with experts, of each. There is no decay: the norm is
/// what it was. Where O or W is zero, W stays.
public struct MuonH: MatrixRule, OrthogonalizingRule, MomentumRule, BlockRule {
  /// An angle, nearly: what share of its norm a matrix moves.
  public var learningRate = 1e-2
  public var momentum = MatrixMomentum()
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: The average of gradients, and whether to look ahead along it.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: MatrixMomentum = MatrixMomentum(),
    orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "muon-h"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Muon that keeps the norm of every matrix: it turns the weights, by an angle that the rate sets.",
    equation: """
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = the orthogonal factor of U, nearly
      W' = W − η·R·O/‖O‖,  R = ‖W‖
      W ← R·W'/‖W'‖
      """,
    flopsPerWeight: 16,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no MuonH. Emerging-Optimizers keeps the norm of the first step as a number and divides by no less than \
      1e-8; here the norm is taken anew, which differs by rounding, and zeros stay. The direction is W − W_new at rate 1, as \
      wrappers see it.
      """,
    references: [
      "Wen et al. 2026, Fantastic Pretraining Optimizers and Where to Find Them II, arXiv:2606.16899",
      "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon",
    ])
  public static var knobs: [Knob<Self>] { [.learningRate] + Knob.momentum + Knob.orthogonalizer + Knob.blocks }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { .none }
  /// The direction is the whole way.
  public func rate(at step: Int) -> Double { 1 }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    orthogonalizer.workspaceSize(for: blocks.stack(of: shape), on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let update = momentum.advance(step, step[.momentum], into: step.direction)
    orthogonalizer.orthogonalize(
      blocks.stack(of: step.shape), from: update, into: step.direction, workspace: step.workspace, on: step.machine,
      step.loop)
    let matrices = blocks.matrices(of: step.shape)
    for index in 0..<matrices.count {
      let start = index * matrices.matrixStride
      turn(step.weights + start, along: step.direction + start, matrices.rows * matrices.columns)
    }
  }

  /// D = W − R·W'/‖W'‖ in place of O.
  private func turn<Scalar: WeightScalar>(
    _ weights: UnsafePointer<Scalar>, along target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    let radius = sumOfSquares(weights, count).squareRoot()
    let length = sumOfSquares(UnsafePointer(target), count).squareRoot()
    let share = quotient(learningRate * radius, length)
    guard share != 0 else {
      target.update(repeating: Scalar(nearest: 0), count: count)
      return
    }
    var squares = 0.0
    for place in 0..<count {
      let moved = weights[place].wide - share * target[place].wide
      squares += moved * moved
    }
    let back = quotient(radius, squares.squareRoot())
    for place in 0..<count {
      let weight = weights[place].wide
      target[place] = Scalar(nearest: weight - back * (weight - share * target[place].wide))
    }
  }
}
