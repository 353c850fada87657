public import Downhill
public import DownhillBase

/// NorDion2: Dion2 on rows, evened out by an average of their size as NorMuon's are. Microsoft's code calls it Dion3 too.
///
///     M ← M + G
///     K = the rows of M with the largest norm, ⌈fraction · count⌉ of them
///     O = the orthogonal factor of M[K], nearly
///     M[K] ← φ·M[K]                                      φ is `ef-decay`
///     vᵢ ← β₂vᵢ + (1 − β₂)·meanⱼ Oᵢⱼ²                    for i in K; the others stay
///     Ô = Oᵢⱼ / (√vᵢ + ε)
///     W ← (1 − ηλ)W,  W[K] ← W[K] − η·s·Ô·‖O‖/‖Ô‖
///
/// Ahn et al. 2025, *Dion2: A Simple Method to Shrink Matrix in Muon*, arXiv:2512.16928; `NorDion2` of
/// github.com/microsoft/dion.
public struct NorDion2: MatrixRule, OrthogonalizingRule {
  public var learningRate = 1e-2
  public var weightDecay = 0.01
  public var fraction = 0.25
  public var errorDecay = 0.95
  public var norm = LineNorm.l1
  public var beta2 = 0.95
  public var rootEpsilon = 1e-8
  public var scale = ShapeScale.spectralUnclamped
  public var orthogonalizer = Orthogonalizer()
  /// Whether a tensor of three dimensions or more is a stack of matrices.
  public var experts = false

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - fraction: The share of rows that a step takes, in [0, 1]; one at least.
  ///   - errorDecay: φ in [0, 1], what is kept of the sum of a row that was taken.
  ///   - norm: By which rows are chosen.
  ///   - beta2: β₂ in [0, 1).
  ///   - rootEpsilon: ε ≥ 0, outside the root.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - scale: How the step's size follows from the shape.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - experts: Whether a tensor of three dimensions or more is a stack of matrices.
  public init(
    learningRate: Double, fraction: Double = 0.25, errorDecay: Double = 0.95, norm: LineNorm = .l1,
    beta2: Double = 0.95, rootEpsilon: Double = 1e-8, weightDecay: Double = 0.01,
    scale: ShapeScale = .spectralUnclamped, orthogonalizer: Orthogonalizer = Orthogonalizer(), experts: Bool = false
  ) {
    self.learningRate = learningRate
    self.fraction = fraction
    self.errorDecay = errorDecay
    self.norm = norm
    self.beta2 = beta2
    self.rootEpsilon = rootEpsilon
    self.weightDecay = weightDecay
    self.scale = scale
    self.orthogonalizer = orthogonalizer
    self.experts = experts
  }

  public static let name: StaticString = "nor-dion2"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Dion2 on rows, evened out by an average of their size.",
    equation: """
      M ← M + G
      K = the ⌈fraction·count⌉ rows of M with the largest norm
      O = the orthogonal factor of M[K], nearly
      M[K] ← φM[K]
      vᵢ ← β₂vᵢ + (1 − β₂)·(mean of O² along row i)  for i in K
      Ô = Oᵢⱼ/(√vᵢ + ε)
      W ← (1 − ηλ)W,  W[K] ← W[K] − η·s·Ô·‖O‖/‖Ô‖,  s from the whole matrix, as in muon
      """,
    flopsPerWeight: 9,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no NorDion2. Of equal norms the first rows are chosen; microsoft/dion leaves that to a sort, and casts to \
      bfloat16.
      """,
    references: [
      "Ahn et al. 2025, Dion2: A Simple Method to Shrink Matrix in Muon, arXiv:2512.16928",
      "Li et al. 2025, NorMuon: Making Muon more efficient and scalable, arXiv:2510.05491",
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .number(
        "fraction", in: KnobRange(0, 1), "Share of the rows that a step takes; one at least.", { $0.fraction },
        { $0.fraction = $1 }),
      .number(
        "ef-decay", in: KnobRange(0, 1), "What is kept of the sum of a row that was taken, φ.", { $0.errorDecay },
        { $0.errorDecay = $1 }),
      .choice("by", "By which norm rows are chosen.", { $0.norm }, { $0.norm = $1 }),
      .averaging("beta2", "Decay rate of the averages of squares, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .number(
        "root-eps", in: KnobRange(0), scale: .logarithmic, "Added to the root of an average, ε.", { $0.rootEpsilon },
        { $0.rootEpsilon = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .choice("scale", "How the step's size follows from the shape.", { $0.scale }, { $0.scale = $1 }),
      .flag(
        "experts", "Whether a tensor of three dimensions or more is a stack of matrices.", { $0.experts },
        { $0.experts = $1 }),
    ] + Knob.orthogonalizer
  }

  public enum Part: Int, StatePart {
    case momentum, squares

    public var name: StaticString {
      switch self {
      case .momentum: "momentum_buffer"
      case .squares: "second_momentum_buffer"
      }
    }
    public var extent: StateExtent { self == .squares ? .factor : .weight }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    guard part == .squares else { return part.extent.shape(for: weights) }
    let stack = MatrixBlocks(experts: experts).matrices(of: weights)
    return [stack.count * stack.rows]
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  private var feedback: ErrorFeedback {
    ErrorFeedback(fraction: fraction, decay: errorDecay, norm: norm, orthogonalizer: orthogonalizer)
  }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let stack = MatrixBlocks(experts: experts).matrices(of: shape)
    return feedback.workspaceSize(rows: stack.rows, columns: stack.columns, choosesRows: true, on: machine)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    let stack = MatrixBlocks(experts: experts).matrices(of: shape)
    return feedback.algorithm(rows: stack.rows, columns: stack.columns, choosesRows: true, on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let stack = MatrixBlocks(experts: experts).matrices(of: step.shape)
    let averages = NeuronAverages(beta2: beta2, epsilon: rootEpsilon)
    for index in 0..<stack.count {
      feedback.direct(
        step, step[.momentum], at: index * stack.matrixStride, rows: stack.rows, columns: stack.columns,
        choosesRows: true, scale: scale.factor(rows: stack.rows, columns: stack.columns),
        neurons: (averages, step[.squares] + index * stack.rows))
    }
  }
}
