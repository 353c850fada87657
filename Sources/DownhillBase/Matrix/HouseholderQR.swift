/// A = Q·R by Householder's reflections, in Double whatever the scalar.
///
/// Golub, Van Loan 2013, *Matrix Computations*, 5.2.
public struct HouseholderQR: Sendable {
  /// There is nothing to set.
  public init() {}

  /// `2 · rows · columns`, in Doubles.
  public func scratchCount(rows: Int, columns: Int) -> Int { 2 * rows * columns }

  /// As `MatrixDecompositions.Orthonormal` says.
  @inlinable
  public func orthonormalize<Scalar: LaneScalar>(
    _ a: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, scratch: UnsafeMutablePointer<Double>
  ) {
    // Column by column, so that a reflection runs along memory.
    let (work, q) = (scratch, scratch + rows * columns)
    var largest = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        work[column * rows + row] = a[row * columns + column].wide
        largest = max(largest, a[row * columns + column].wide.magnitude)
      }
    }
    let exponent = largest > 0 && largest.isFinite ? Int(largest.exponent) : 0
    for place in 0..<rows * columns {
      work[place] = Double(sign: .plus, exponent: -exponent, significand: work[place])
    }
    reflect(work, q, rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { a[row * columns + column] = Scalar(nearest: q[column * rows + row]) }
    }
  }

  /// Q into `q`, from A in `work`, both column by column.
  @usableFromInline
  func reflect(_ work: UnsafeMutablePointer<Double>, _ q: UnsafeMutablePointer<Double>, rows: Int, columns: Int) {
    q.update(repeating: 0, count: rows * columns)
    for column in 0..<columns { q[column * rows + column] = 1 }
    for column in 0..<columns {
      let x = work + column * rows + column
      let length = rows - column
      let norm = dot(x, x, count: length).squareRoot()
      // The reflection to −sign(x₀)‖x‖e₀ cancels nothing; what that makes negative in R is turned in Q at the end.
      let head = x[0] < 0 ? -norm : norm
      guard norm > 0 else { continue }
      x[0] += head
      let square = dot(x, x, count: length)
      for other in column + 1..<columns { mirror(work + other * rows + column, x, length, square) }
      scale(x, length, 1 / square.squareRoot())
    }
    for column in stride(from: columns - 1, through: 0, by: -1) {
      let v = work + column * rows + column
      let length = rows - column
      let square = dot(v, v, count: length)
      guard square > 0 else { continue }
      for other in column..<columns { mirror(q + other * rows + column, v, length, square) }
    }
    turn(q, work, rows: rows, columns: columns)
  }

  /// x ← x − 2(vᵀx/vᵀv)v.
  private func mirror(
    _ x: UnsafeMutablePointer<Double>, _ v: UnsafePointer<Double>, _ length: Int, _ square: Double
  ) {
    let factor = 2 * dot(x, v, count: length) / square
    for index in 0..<length { x[index] -= factor * v[index] }
  }

  private func scale(_ x: UnsafeMutablePointer<Double>, _ length: Int, _ factor: Double) {
    for index in 0..<length { x[index] *= factor }
  }

  /// R's diagonal is −sign(v₀)·‖x‖: columns of Q whose v₀ is positive change their sign.
  private func turn(
    _ q: UnsafeMutablePointer<Double>, _ work: UnsafePointer<Double>, rows: Int, columns: Int
  ) {
    for column in 0..<columns where work[column * rows + column] > 0 {
      scale(q + column * rows, rows, -1)
    }
  }
}
