public import Downhill
public import DownhillBase

/// Dion2: Muon on the largest rows alone (or columns, on the shorter side), a quarter of them; the others' gradients wait.
///
///     M ← M + G
///     K = the rows (columns of a tall matrix) of M with the largest norm, ⌈fraction · count⌉ of them
///     O = the orthogonal factor of M[K], nearly
///     M[K] ← φ·M[K]                                      φ is `ef-decay`
///     W ← (1 − ηλ)W,  W[K] ← W[K] − η·s·O                s from the shape of the whole matrix
///
/// Ahn et al. 2025, *Dion2: A Simple Method to Shrink Matrix in Muon*, arXiv:2512.16928.
public struct Dion2: MatrixRule, OrthogonalizingRule {
  public var learningRate = 1e-2
  public var weightDecay = 0.01
  public var fraction = 0.25
  public var errorDecay = 0.95
  public var norm = LineNorm.l1
  public var scale = ShapeScale.spectralUnclamped
  public var orthogonalizer = Orthogonalizer()
  /// Whether a tensor of three dimensions or more is a stack of matrices.
  public var experts = false

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - fraction: The share of lines that a step takes, in [0, 1]; one at least.
  ///   - errorDecay: φ in [0, 1], what is kept of the sum of a line that was taken.
  ///   - norm: By which lines are chosen.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - scale: How the step's size follows from the shape.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - experts: Whether a tensor of three dimensions or more is a stack of matrices.
  public init(
    learningRate: Double, fraction: Double = 0.25, errorDecay: Double = 0.95, norm: LineNorm = .l1,
    weightDecay: Double = 0.01, scale: ShapeScale = .spectralUnclamped,
    orthogonalizer: Orthogonalizer = Orthogonalizer(), experts: Bool = false
  ) {
    self.learningRate = learningRate
    self.fraction = fraction
    self.errorDecay = errorDecay
    self.norm = norm
    self.weightDecay = weightDecay
    self.scale = scale
    self.orthogonalizer = orthogonalizer
    self.experts = experts
  }

  public static let name: StaticString = "dion2"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Orthogonalises the largest quarter of the rows of a sum of gradients, and lets the others wait.",
    equation: """
      M ← M + G
      K = the ⌈fraction·count⌉ rows of M with the largest norm (columns, where there are fewer of them)
      O = the orthogonal factor of M[K], nearly
      M[K] ← φM[K]
      W ← (1 − ηλ)W,  W[K] ← W[K] − η·s·O,  s from the whole matrix, as in muon
      """,
    flopsPerWeight: 7,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no Dion2. Of equal norms the first are chosen; microsoft/dion leaves that to a sort, chooses along the side \
      that is sharded where one is, and casts to bfloat16.
      """,
    references: ["Ahn et al. 2025, Dion2: A Simple Method to Shrink Matrix in Muon, arXiv:2512.16928"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .number(
        "fraction", in: KnobRange(0, 1), "Share of the lines that a step takes; one at least.", { $0.fraction },
        { $0.fraction = $1 }),
      .number(
        "ef-decay", in: KnobRange(0, 1), "What is kept of the sum of a line that was taken, φ.", { $0.errorDecay },
        { $0.errorDecay = $1 }),
      .choice("by", "By which norm lines are chosen.", { $0.norm }, { $0.norm = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .choice("scale", "How the step's size follows from the shape.", { $0.scale }, { $0.scale = $1 }),
      .flag(
        "experts", "Whether a tensor of three dimensions or more is a stack of matrices.", { $0.experts },
        { $0.experts = $1 }),
    ] + Knob.orthogonalizer
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  private var feedback: ErrorFeedback {
    ErrorFeedback(fraction: fraction, decay: errorDecay, norm: norm, orthogonalizer: orthogonalizer)
  }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let stack = MatrixBlocks(experts: experts).matrices(of: shape)
    return feedback.workspaceSize(
      rows: stack.rows, columns: stack.columns, choosesRows: stack.rows <= stack.columns, on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    let stack = MatrixBlocks(experts: experts).matrices(of: shape)
    return feedback.algorithm(
      rows: stack.rows, columns: stack.columns, choosesRows: stack.rows <= stack.columns, on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let stack = MatrixBlocks(experts: experts).matrices(of: step.shape)
    for index in 0..<stack.count {
      feedback.direct(
        step, step[.momentum], at: index * stack.matrixStride, rows: stack.rows, columns: stack.columns,
        choosesRows: stack.rows <= stack.columns, scale: scale.factor(rows: stack.rows, columns: stack.columns),
        neurons: nil)
    }
  }
}
