/// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, in Double whatever the scalar: slow,
/// short and accurate, the oracle for every faster one.
///
/// Golub, Van Loan 2013, *Matrix Computations*, 8.5.
public struct SymmetricJacobi: Sendable {
  /// There is nothing to set.
  public init() {}

  /// `2n²`, in Doubles.
  public func scratchCount(_ n: Int) -> Int { 2 * n * n }

  /// As `MatrixDecompositions.Eigen` says.
  @inlinable
  @discardableResult
  public func decompose<Scalar: LaneScalar>(
    _ a: UnsafePointer<Scalar>, _ n: Int, vectors: UnsafeMutablePointer<Scalar>, values: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    let (matrix, rows) = (scratch, scratch + n * n)
    var largest = 0.0
    var isFinite = true
    for row in 0..<n {
      for column in 0...row {
        let value = a[row * n + column].wide
        matrix[row * n + column] = value
        matrix[column * n + row] = value
        largest = max(largest, value.magnitude)
        isFinite = isFinite && value.isFinite
      }
    }
    guard isFinite else {
      vectors.update(repeating: Scalar(nearest: .nan), count: n * n)
      values.update(repeating: Scalar(nearest: .nan), count: n)
      return false
    }
    // Squares of numbers beyond 10^±150 would overflow or vanish; a power of two changes no digit.
    let exponent = largest > 0 ? Int(largest.exponent) : 0
    for place in 0..<n * n { matrix[place] = Double(sign: .plus, exponent: -exponent, significand: matrix[place]) }
    rotateUntilDiagonal(matrix, rows, n)
    sortRows(matrix, rows, n)
    for index in 0..<n {
      let value = Double(sign: .plus, exponent: exponent, significand: matrix[index * n + index])
      values[index] = Scalar(nearest: value)
      let sign = signOfGreatest(rows + index * n, n)
      for row in 0..<n { vectors[row * n + index] = Scalar(nearest: sign * rows[index * n + row]) }
    }
    return true
  }

  /// Leaves the eigenvalues on the diagonal, and the eigenvectors in the rows of `rows`.
  @usableFromInline
  func rotateUntilDiagonal(_ a: UnsafeMutablePointer<Double>, _ rows: UnsafeMutablePointer<Double>, _ n: Int) {
    rows.update(repeating: 0, count: n * n)
    for index in 0..<n { rows[index * n + index] = 1 }
    let norm = dot(a, a, count: n * n).squareRoot()
    let negligible = norm * Double.ulpOfOne / 8
    // Six to ten sweeps are usual: convergence is quadratic.
    for _ in 0..<60 {
      var isDone = true
      for p in 0..<n {
        for q in p + 1..<n where a[p * n + q].magnitude > negligible / Double(n) {
          isDone = false
          rotate(a, rows, n, p, q)
        }
      }
      if isDone { return }
    }
  }

  private func rotate(
    _ a: UnsafeMutablePointer<Double>, _ rows: UnsafeMutablePointer<Double>, _ n: Int, _ p: Int, _ q: Int
  ) {
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
    let tangent = (theta < 0 ? -1 : 1) / (theta.magnitude + (1 + theta * theta).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = cosine * tangent
    for k in 0..<n {
      let (x, y) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = cosine * x - sine * y
      a[k * n + q] = sine * x + cosine * y
    }
    for k in 0..<n {
      let (x, y) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = cosine * x - sine * y
      a[q * n + k] = sine * x + cosine * y
      let (u, v) = (rows[p * n + k], rows[q * n + k])
      rows[p * n + k] = cosine * u - sine * v
      rows[q * n + k] = sine * u + cosine * v
    }
    a[p * n + q] = 0
    a[q * n + p] = 0
  }

  /// The greatest eigenvalue first.
  @usableFromInline
  func sortRows(_ a: UnsafeMutablePointer<Double>, _ rows: UnsafeMutablePointer<Double>, _ n: Int) {
    for place in 0..<n {
      var best = place
      for other in place..<n where a[other * n + other] > a[best * n + best] { best = other }
      guard best != place else { continue }
      swapValues(a + place * n + place, a + best * n + best)
      for k in 0..<n { swapValues(rows + place * n + k, rows + best * n + k) }
    }
  }

  private func swapValues(_ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    (x.pointee, y.pointee) = (y.pointee, x.pointee)
  }
}

/// 1 or −1, by which the number of the greatest magnitude (the first of them) becomes positive: an eigenvector's sign is
/// arbitrary.
@inlinable
public func signOfGreatest(_ values: UnsafePointer<Double>, _ count: Int, stride: Int = 1) -> Double {
  var greatest = 0.0
  for index in 0..<count where values[index * stride].magnitude > greatest.magnitude {
    greatest = values[index * stride]
  }
  return greatest < 0 ? -1 : 1
}
