public import DownhillBase

/// A matrix as the product of two thin ones: L(U, V) = ‖U·Vᵀ − M‖², without a factor ½, where M is m × n, U m × r, V n × r.
///
/// M's singular values fall from 1 to one over its condition number in equal factors, between random orthonormal bases;
/// `true-rank` of them are not zero, r by default. No minimum but the global ones, at which the loss is the sum of the
/// squared singular values behind the r-th (Eckart, Young 1936, *The approximation of one matrix by another of lower
/// rank*); zero is a saddle, so the weights start small and at random.
///
/// Gradient: 2·E·V and 2·Eᵀ·U, E = U·Vᵀ − M.
public struct MatrixFactorization: MatrixProblem {
  /// m, the rows of M and of U.
  public var rows = 32
  /// n, the columns of M and the rows of V.
  public var columns = 32
  /// r, the columns of U and of V.
  public var rank = 8
  /// How many singular values of M are not zero; 0 is r.
  public var trueRank = 0
  /// The condition number of M on its rank.
  public var condition = 10.0
  /// The standard deviation of each number of U and V at the start.
  public var startScale = 0.1

  public init() {}

  public static let name: StaticString = "matrix-factorization"
  public static let summary: StaticString = "A matrix of chosen condition as the product of two thin ones."
  public static let equation: StaticString = "L(U, V) = ‖U·Vᵀ − M‖², κ(M) chosen, U and V of rank columns"
  public static var knobs: [Knob<Self>] {
    [
      .integer("rows", in: .side, "Rows of M and of U.", { $0.rows }, { $0.rows = $1 }),
      .integer("columns", in: .side, "Columns of M, the rows of V.", { $0.columns }, { $0.columns = $1 }),
      .integer("rank", in: .side, "Columns of U and of V.", { $0.rank }, { $0.rank = $1 }),
      .integer(
        "true-rank", in: KnobRange(0, 1024), "How many singular values of M are not zero; 0 is rank.", { $0.trueRank },
        { $0.trueRank = $1 }),
      .number(
        "condition", in: .matrixCondition, scale: .logarithmic,
        "Condition number of M, its largest singular value over the least that is not zero.", { $0.condition },
        { $0.condition = $1 }),
      .number(
        "start-scale", in: KnobRange(1e-12, 1e6), scale: .logarithmic,
        "Standard deviation of each number of U and V at the start; zero would be a saddle.", { $0.startScale },
        { $0.startScale = $1 }),
    ]
  }

  public var conflict: StaticString? {
    rank > min(rows, columns) || trueRank > min(rows, columns)
      ? "rank and true-rank may be at most the lesser of rows and columns" : nil
  }

  public func makeLoss<Scalar: LaneScalar>(of _: Scalar.Type, seed: UInt64) -> MatrixLoss<Scalar> {
    let (m, n, r) = (rows, columns, rank)
    let sigma = SpectralMatrix.falling(condition: condition, count: trueRank > 0 ? trueRank : r)
    let target = SpectralMatrix(rows: m, columns: n, sigma: sigma, seed: seed, stream: DataStream.leftBases)
      .matrix().map { Scalar(nearest: $0) }
    let (one, two, zero) = (Scalar(nearest: 1), Scalar(nearest: 2), Scalar(nearest: 0))
    return MatrixLoss(
      parts: [.init(name: "U", shape: [m, r]), .init(name: "V", shape: [n, r])],
      start: startWeights((m + n) * r, scale: startScale, seed: seed), minimum: squareSum(Array(sigma.dropFirst(r))),
      // At the minimum with balanced factors: 2(‖U‖² + ‖V‖²), each of spectral norm 1.
      curvature: 4, scale: (1 / Double(max(m, n))).squareRoot(), scratchCount: m * n
    ) { weights, gradient, error in
      let product = PlainMatrixProduct()
      let (u, v) = (weights, weights + m * r)
      // E = U·Vᵀ − M
      target.withUnsafeBufferPointer { if let start = $0.baseAddress { error.update(from: start, count: m * n) } }
      product.multiply(.rightTransposed, u, v, into: error, rows: m, inner: r, columns: n, scale: one, keep: -one)
      product.multiply(.plain, error, v, into: gradient, rows: m, inner: n, columns: r, scale: two, keep: zero)
      product.multiply(
        .leftTransposed, error, u, into: gradient + m * r, rows: n, inner: m, columns: r, scale: two, keep: zero)
      return dot(error, error, count: m * n)
    }
  }
}
