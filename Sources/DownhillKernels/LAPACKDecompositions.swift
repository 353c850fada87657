import CLAPACK
import DownhillBase

/// Decompositions by LAPACK, in Double whatever the scalar, on the calling thread.
///
/// LAPACK reads columns where ours are rows: what it is handed is the transpose.
enum LAPACKDecompositions {
  static func make<Scalar: LaneScalar>() -> MatrixDecompositions<Scalar> {
    MatrixDecompositions(
      singular: { singular($0, rows: $1, columns: $2, u: $3, sigma: $4, v: $5, scratch: $6) },
      singularScratch: { rows, columns in
        let r = min(rows, columns)
        return rows * columns + (rows + columns + 1) * r + integers(8 * r) + singularWork(rows: rows, columns: columns)
      },
      eigen: { eigen($0, $1, vectors: $2, values: $3, scratch: $4) },
      eigenScratch: { n in n * n + n + eigenWork(n) + integers(3 + 5 * n) },
      orthonormalize: { orthonormalize($0, rows: $1, columns: $2, scratch: $3) },
      orthonormalScratch: { rows, columns in
        rows * columns + 2 * columns + factorWork(rows: rows, columns: columns)
      })
  }

  // MARK: Singular values

  private static func singular<Scalar: LaneScalar>(
    _ a: UnsafePointer<Scalar>, rows: Int, columns: Int, u: UnsafeMutablePointer<Scalar>,
    sigma: UnsafeMutablePointer<Scalar>, v: UnsafeMutablePointer<Scalar>, scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    let r = min(rows, columns)
    guard r > 0 else { return true }
    let matrix = scratch
    let left = matrix + rows * columns
    let right = left + columns * r
    let values = right + rows * r
    let whole = values + r
    let work = whole + integers(8 * r)
    var info: CInt = 0
    var isFinite = true
    for place in 0..<rows * columns {
      matrix[place] = a[place].wide
      isFinite = isFinite && a[place].isFinite
    }
    if isFinite {
      OpenBLAS.prepare()
      var (job, m, n, count) = (CChar(UInt8(ascii: "S")), CInt(columns), CInt(rows), CInt(r))
      var size = CInt(singularWork(rows: rows, columns: columns))
      whole.withMemoryRebound(to: CInt.self, capacity: 8 * r) { whole in
        dgesdd_(&job, &m, &n, matrix, &m, values, left, &m, right, &count, work, &size, whole, &info)
      }
    }
    guard isFinite, info == 0 else {
      u.update(repeating: .nan, count: rows * r)
      v.update(repeating: .nan, count: columns * r)
      sigma.update(repeating: .nan, count: r)
      return false
    }
    for index in 0..<r {
      sigma[index] = Scalar(nearest: values[index])
      for column in 0..<columns { v[column * r + index] = Scalar(nearest: left[index * columns + column]) }
    }
    for place in 0..<rows * r { u[place] = Scalar(nearest: right[place]) }
    return true
  }

  private static func singularWork(rows: Int, columns: Int) -> Int {
    let r = max(min(rows, columns), 1)
    // What LAPACK's documentation asks for at least; blocks of columns take more.
    return 4 * r * r + 7 * r + 64 * (rows + columns)
  }

  // MARK: Eigenvalues

  private static func eigen<Scalar: LaneScalar>(
    _ a: UnsafePointer<Scalar>, _ n: Int, vectors: UnsafeMutablePointer<Scalar>, values: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Double>
  ) -> Bool {
    guard n > 0 else { return true }
    let (matrix, found) = (scratch, scratch + n * n)
    let whole = found + n
    let work = whole + integers(3 + 5 * n)
    var info: CInt = 0
    var isFinite = true
    // The lower triangle by rows is the upper one by columns.
    for row in 0..<n {
      for column in 0...row {
        matrix[row * n + column] = a[row * n + column].wide
        isFinite = isFinite && a[row * n + column].isFinite
      }
    }
    if isFinite {
      OpenBLAS.prepare()
      var (job, triangle, order) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")), CInt(n))
      var (size, wholeSize) = (CInt(eigenWork(n)), CInt(3 + 5 * n))
      whole.withMemoryRebound(to: CInt.self, capacity: 3 + 5 * n) { whole in
        dsyevd_(&job, &triangle, &order, matrix, &order, found, work, &size, whole, &wholeSize, &info)
      }
    }
    guard isFinite, info == 0 else {
      vectors.update(repeating: .nan, count: n * n)
      values.update(repeating: .nan, count: n)
      return false
    }
    for index in 0..<n {
      values[index] = Scalar(nearest: found[n - 1 - index])
      let vector = matrix + (n - 1 - index) * n
      let sign = signOfGreatest(vector, n)
      for row in 0..<n { vectors[row * n + index] = Scalar(nearest: sign * vector[row]) }
    }
    return true
  }

  /// Rounding decides between two numbers of equal magnitude: the first within it counts.
  private static func signOfGreatest(_ vector: UnsafePointer<Double>, _ n: Int) -> Double {
    var greatest = vector[0]
    for row in 1..<max(n, 1) where vector[row].magnitude > greatest.magnitude * (1 + 0x1p-40) { greatest = vector[row] }
    return greatest < 0 ? -1 : 1
  }

  private static func eigenWork(_ n: Int) -> Int { 1 + 6 * n + 2 * n * n }

  // MARK: Orthonormal columns

  private static func orthonormalize<Scalar: LaneScalar>(
    _ a: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, scratch: UnsafeMutablePointer<Double>
  ) {
    guard columns > 0 else { return }
    let (matrix, factors) = (scratch, scratch + rows * columns)
    let (signs, work) = (factors + columns, factors + 2 * columns)
    for row in 0..<rows {
      for column in 0..<columns { matrix[column * rows + row] = a[row * columns + column].wide }
    }
    OpenBLAS.prepare()
    var (m, n, size, info) = (CInt(rows), CInt(columns), CInt(factorWork(rows: rows, columns: columns)), CInt(0))
    dgeqrf_(&m, &n, matrix, &m, factors, work, &size, &info)
    for column in 0..<columns { signs[column] = matrix[column * rows + column] < 0 ? -1 : 1 }
    dorgqr_(&m, &n, &n, matrix, &m, factors, work, &size, &info)
    for row in 0..<rows {
      for column in 0..<columns {
        a[row * columns + column] = Scalar(nearest: signs[column] * matrix[column * rows + row])
      }
    }
  }

  private static func factorWork(rows: Int, columns: Int) -> Int { 64 * max(columns, 1) }

  /// How many Doubles hold so many integers of 32 bits.
  private static func integers(_ count: Int) -> Int { (count + 1) / 2 }
}
