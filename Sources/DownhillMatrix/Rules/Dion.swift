public import Downhill
public import DownhillBase

/// Dion: orthonormal steps of low rank, by one step of power iteration; what they leave out stays in the momentum.
///
///     M ← M + G
///     P = the orthonormal factor of qr(MQ)          of rank r
///     R = MᵀP
///     M ← M − (1 − μ)PRᵀ                            error feedback
///     Qⱼ ← Rⱼ/(‖Rⱼ‖ + ε)                            each column
///     W ← (1 − ηλ)W − η·√(m/n)·PQᵀ
///
/// Q begins with normal numbers. Ahn et al. 2025, *Dion: Distributed Orthonormalized Updates*, arXiv:2504.05295.
public struct Dion: MatrixRule {
  public var learningRate = 0.01
  public var momentum = 0.95
  public var rank = 768
  public var rankPercent = 100
  public var epsilon = 1e-8
  public var weightDecay = 0.01
  public var seed = 0

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: μ in [0, 1), the share of a step's direction that stays in the momentum.
  ///   - rank: The largest rank of a step, at least 1.
  ///   - rankPercent: The largest rank as a part of the shorter side, in 1 … 100.
  ///   - epsilon: ε ≥ 0, added to the length of R's columns.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - seed: Of Q's first numbers.
  public init(
    learningRate: Double, momentum: Double = 0.95, rank: Int = 768, rankPercent: Int = 100, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, seed: Int = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.rank = rank
    self.rankPercent = rankPercent
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.seed = seed
  }

  public static let name: StaticString = "dion"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Orthonormal steps of low rank; what they leave out stays in the momentum.",
    equation: """
      M ← M + G
      P = the orthonormal factor of qr(MQ)          (of rank r; Q begins with normal numbers)
      R = MᵀP
      M ← M − (1 − μ)PRᵀ
      Qⱼ ← Rⱼ/(‖Rⱼ‖ + ε), each column
      W ← (1 − ηλ)W − η·√(m/n)·PQᵀ
      """,
    flopsPerWeight: 3,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no Dion. The authors' dion_simple.py; their optimised one picks the QR by speed. Q's first numbers are \
      those of this package's generator. flops a weight: without the four products of rank r.
      """,
    references: ["Ahn et al. 2025, Dion: Distributed Orthonormalized Updates, arXiv:2504.05295"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging(
        "momentum", "The share of a step's direction that stays in the momentum, μ.", { $0.momentum },
        { $0.momentum = $1 }),
      .integer("rank", in: KnobRange(1, 65_536), "The largest rank of a step.", { $0.rank }, { $0.rank = $1 }),
      .integer(
        "rank-percent", in: KnobRange(1, 100), unit: "%", "The largest rank in percent of the shorter side.",
        { $0.rankPercent }, { $0.rankPercent = $1 }),
      .epsilon("Added to the length of a column of R, ε.", { $0.epsilon }, { $0.epsilon = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .integer(
        "seed", in: KnobRange(0, 4_294_967_295), "Of the numbers that Q begins with.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case momentum, basis

    public var name: StaticString {
      switch self {
      case .momentum: "momentum_buffer"
      case .basis: "Q"
      }
    }
    public var extent: StateExtent { self == .basis ? .factor : .weight }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    switch part {
    case .momentum: weights
    case .basis: weights.count > 0 ? [weights.columns, rank(of: weights)] : nil
    }
  }

  /// The rank of a step over a tensor of this shape.
  private func rank(of shape: Shape) -> Int {
    let short = min(shape.rows, shape.columns)
    return max(1, min(rank, (short * rankPercent + 99) / 100, short))
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    shape.count == 0 ? 0 : Workspace(shape, rank: rank(of: shape), on: machine).byteCount
  }

  private struct Workspace<Scalar: WeightScalar> {
    let p: WorkspacePart<Scalar>
    let scratch: WorkspacePart<Double>
    let byteCount: Int

    init(_ shape: Shape, rank: Int, on machine: MatrixMachine<Scalar>) {
      var layout = WorkspaceLayout()
      p = layout.reserve(shape.rows * rank, of: Scalar.self)
      scratch = layout.reserve(machine.decompositions.orthonormalScratch(shape.rows, rank), of: Double.self)
      byteCount = layout.byteCount
    }
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (rows, columns, rank) = (step.shape.rows, step.shape.columns, rank(of: step.shape))
    let (m, q) = (step[.momentum], step[.basis])
    if step.number == 1 { begin(q, columns * rank, tensor: step.tensor) }
    let (products, work) = (FactorProducts(step), Workspace(step.shape, rank: rank, on: step.machine))
    let p = work.p.pointer(in: step.workspace)
    for place in 0..<step.shape.count { m[place] += step.gradient[place] }
    products.multiply(.plain, m, q, into: p, rows: rows, inner: columns, columns: rank)
    step.machine.decompositions.orthonormalize(p, rows, rank, work.scratch.pointer(in: step.workspace))
    products.multiply(.leftTransposed, m, p, into: q, rows: columns, inner: rows, columns: rank)
    products.multiply(
      .rightTransposed, p, q, into: m, rows: rows, inner: rank, columns: columns, scale: momentum - 1, keep: 1)
    normalizeColumns(q, rows: columns, columns: rank)
    products.multiply(
      .rightTransposed, p, q, into: step.direction, rows: rows, inner: rank, columns: columns,
      scale: (Double(rows) / Double(columns)).squareRoot())
  }

  private func begin<Scalar: WeightScalar>(_ q: UnsafeMutablePointer<Scalar>, _ count: Int, tensor: Int) {
    let random = CounterRandom(seed: UInt64(seed), stream: UInt64(tensor) << 40 | 0x51_0000_0000)
    for place in 0..<count { q[place] = Scalar(nearest: random.normal(at: UInt64(place))) }
  }

  private func normalizeColumns<Scalar: WeightScalar>(
    _ q: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int
  ) {
    for column in 0..<columns {
      var squares = 0.0
      for row in 0..<rows { squares += q[row * columns + column].wide * q[row * columns + column].wide }
      let length = squares.squareRoot() + epsilon
      for row in 0..<rows {
        q[row * columns + column] = Scalar(nearest: quotient(q[row * columns + column].wide, length))
      }
    }
  }
}
