import DownhillBase

/// A = U·diag(σ)·Vᵀ with chosen singular values and random orthonormal bases, in its parts.
struct SpectralMatrix {
  let rows, columns: Int
  /// Falling.
  let sigma: [Double]
  /// The columns of U, one after the other, each of `rows` numbers.
  let left: [Double]
  /// The columns of V, one after the other, each of `columns` numbers.
  let right: [Double]

  /// - Parameters:
  ///   - rows: At least as many as singular values.
  ///   - columns: At least as many as singular values.
  ///   - sigma: Falling.
  ///   - seed: Decides the bases.
  ///   - stream: That of U; the next is V's.
  init(rows: Int, columns: Int, sigma: [Double], seed: UInt64, stream: UInt64) {
    self.rows = rows
    self.columns = columns
    self.sigma = sigma
    left = Self.basis(length: rows, count: sigma.count, CounterRandom(seed: seed, stream: stream))
    right = Self.basis(length: columns, count: sigma.count, CounterRandom(seed: seed, stream: stream + 1))
  }

  /// From 1 down to one over the condition number, in equal factors.
  static func falling(condition: Double, count: Int) -> [Double] {
    GeometricSequence.rising(to: condition, count: count).map { 1 / $0 }
  }

  /// Orthonormal columns of the Haar distribution, up to signs: those of normal numbers, made orthogonal.
  private static func basis(length: Int, count: Int, _ random: CounterRandom) -> [Double] {
    var columns = DesignMatrix.normalNumbers(length * count, random)
    DesignMatrix.orthonormalize(&columns, length: length, count: count)
    return columns
  }

  /// A, row-major.
  func matrix() -> [Double] {
    var scaled = right
    for index in sigma.indices {
      for column in 0..<columns { scaled[index * columns + column] *= sigma[index] }
    }
    return product(.leftTransposed, left, scaled, rows: rows, inner: sigma.count, columns: columns)
  }
}

/// A product of row-major matrices as a new one.
func product(
  _ form: ProductForm, _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int
) -> [Double] {
  var c = [Double](repeating: 0, count: rows * columns)
  PlainMatrixProduct().multiply(form, a, b, into: &c, rows: rows, inner: inner, columns: columns)
  return c
}

/// Σ aᵢ².
func squareSum(_ a: [Double]) -> Double { dot(a, a, count: a.count) }

/// Weights where a race starts: normal, or zero.
func startWeights(_ count: Int, scale: Double, seed: UInt64) -> [Double] {
  guard scale > 0 else { return [Double](repeating: 0, count: count) }
  return DesignMatrix.normalNumbers(count, CounterRandom(seed: seed, stream: DataStream.start)).map { scale * $0 }
}
