public import DownhillBase

/// Least squares with a matrix between two others: L(W) = ‖A·W·B − C‖², without a factor ½, where W is m × n, A 2m × m,
/// B n × 2n. Its Hessian is 2·AᵀA ⊗ BBᵀ, of condition number κ(A)²·κ(B)².
///
/// The singular values of A and of B fall from 1 to one over their condition number in equal factors, between random
/// orthonormal bases. C = A·W*·B + noise · N with N standard normal and W* normal of variance 1/n. Twice as many
/// equations as unknowns on each side: noise cannot be fitted, and the least loss is
/// noise²·(‖N‖² − ‖UᵀNV‖²), U an orthonormal basis of A's columns and V one of B's rows.
///
/// Gradient: 2·Aᵀ·(A·W·B − C)·Bᵀ. Golub, Van Loan 2013, *Matrix Computations*, 4th edition, sections 5.3 and 12.3.
public struct MatrixLeastSquares: MatrixProblem {
  /// m, the rows of W.
  public var rows = 32
  /// n, the columns of W.
  public var columns = 32
  /// κ(A), and κ(B) unless that is set.
  public var condition = 10.0
  /// κ(B); 0 is that of A.
  public var rightCondition = 0.0
  /// The standard deviation of what is added to each number of C.
  public var noise = 0.0
  /// The standard deviation of each number of W at the start.
  public var startScale = 0.0

  public init() {}

  public static let name: StaticString = "matrix-least-squares"
  public static let summary: StaticString = "Least squares with a matrix between two others of chosen condition."
  public static let equation: StaticString = "L(W) = ‖A·W·B − C‖², κ(A) and κ(B) chosen, C = A·W*·B + noise"
  public static var knobs: [Knob<Self>] {
    [
      .integer("rows", in: .side, "Rows of W.", { $0.rows }, { $0.rows = $1 }),
      .integer("columns", in: .side, "Columns of W.", { $0.columns }, { $0.columns = $1 }),
      .number(
        "condition", in: .matrixCondition, scale: .logarithmic,
        "Condition number of A, and of B unless right-condition says another.", { $0.condition }, { $0.condition = $1 }),
      .number(
        "right-condition", in: .condition, scale: .logarithmic, "Condition number of B; below 1 that of A.",
        { $0.rightCondition }, { $0.rightCondition = $1 }),
      .number(
        "noise", in: KnobRange(0, 1e6), "Standard deviation of what is added to each number of C.", { $0.noise },
        { $0.noise = $1 }),
      .number(
        "start-scale", in: .startScale, "Standard deviation of each number of W at the start.", { $0.startScale },
        { $0.startScale = $1 }),
    ]
  }

  public func makeLoss<Scalar: LaneScalar>(of _: Scalar.Type, seed: UInt64) -> MatrixLoss<Scalar> {
    let (m, n) = (rows, columns)
    let (p, q) = (2 * m, 2 * n)
    let data = Data(self, seed: seed)
    let a = data.a.map { Scalar(nearest: $0) }
    let b = data.b.map { Scalar(nearest: $0) }
    let c = data.c.map { Scalar(nearest: $0) }
    let solution = data.solution
    let distance = MatrixLoss<Scalar>.Measure(name: "distance") { weights in
      var square = 0.0
      for index in 0..<solution.count {
        let difference = weights[index].wide - solution[index]
        square += difference * difference
      }
      return (square / squareSum(solution)).squareRoot()
    }
    let (one, two) = (Scalar(nearest: 1), Scalar(nearest: 2))
    return MatrixLoss(
      parts: [.init(name: "W", shape: [m, n])], start: startWeights(m * n, scale: startScale, seed: seed),
      minimum: data.minimum, curvature: 2, scale: (1 / Double(n)).squareRoot(), measures: [distance],
      scratchCount: p * (n + q)
    ) { weights, gradient, scratch in
      let product = PlainMatrixProduct()
      let (half, residual) = (scratch, scratch + p * n)
      // R = (A·W)·B − C
      product.multiply(.plain, a, weights, into: half, rows: p, inner: m, columns: n)
      c.withUnsafeBufferPointer { if let start = $0.baseAddress { residual.update(from: start, count: p * q) } }
      product.multiply(.plain, half, b, into: residual, rows: p, inner: n, columns: q, scale: one, keep: -one)
      // G = 2·Aᵀ·(R·Bᵀ)
      product.multiply(.rightTransposed, residual, b, into: half, rows: p, inner: q, columns: n)
      product.multiply(
        .leftTransposed, a, half, into: gradient, rows: m, inner: p, columns: n, scale: two,
        keep: Scalar(nearest: 0))
      return dot(residual, residual, count: p * q)
    }
  }

  /// The matrices, and what theory says of them.
  private struct Data {
    let a, b, c: [Double]
    /// Where the loss is least, m × n.
    let solution: [Double]
    let minimum: Double

    init(_ settings: MatrixLeastSquares, seed: UInt64) {
      let (m, n) = (settings.rows, settings.columns)
      let (p, q) = (2 * m, 2 * n)
      let condition = settings.condition
      let rightCondition = settings.rightCondition >= 1 ? settings.rightCondition : condition
      let left = SpectralMatrix(
        rows: p, columns: m, sigma: SpectralMatrix.falling(condition: condition, count: m), seed: seed,
        stream: DataStream.leftBases)
      let right = SpectralMatrix(
        rows: n, columns: q, sigma: SpectralMatrix.falling(condition: rightCondition, count: n), seed: seed,
        stream: DataStream.rightBases)
      (a, b) = (left.matrix(), right.matrix())
      let size = (1 / Double(n)).squareRoot()
      var solution = DesignMatrix.normalNumbers(m * n, CounterRandom(seed: seed, stream: DataStream.weights))
        .map { size * $0 }
      let half = product(.plain, a, solution, rows: p, inner: m, columns: n)
      var c = product(.plain, half, b, rows: p, inner: n, columns: q)
      var minimum = 0.0
      if settings.noise > 0 {
        let noise = DesignMatrix.normalNumbers(p * q, CounterRandom(seed: seed, stream: DataStream.noise))
          .map { settings.noise * $0 }
        for index in c.indices { c[index] += noise[index] }
        // T = UᵀNV, m × n: the share of the noise that some W explains.
        let folded = product(.rightTransposed, noise, right.right, rows: p, inner: q, columns: n)
        var explained = product(.plain, left.left, folded, rows: m, inner: p, columns: n)
        minimum = max(0, squareSum(noise) - squareSum(explained))
        // W = W* + V_A·S_A⁻¹·T·S_B⁻¹·U_Bᵀ
        for row in 0..<m {
          for column in 0..<n { explained[row * n + column] /= left.sigma[row] * right.sigma[column] }
        }
        let turned = product(.plain, explained, right.left, rows: m, inner: n, columns: n)
        let shift = product(.leftTransposed, left.right, turned, rows: m, inner: m, columns: n)
        for index in solution.indices { solution[index] += shift[index] }
      }
      self.c = c
      self.solution = solution
      self.minimum = minimum
    }
  }
}
