import DownhillBase

/// The singular values of matrices, in Double by Jacobi rotations: exact to the last digits however small they are.
enum SingularValues {
  /// σ from the largest down; numbers that are none where the matrix holds one.
  /// - Parameters:
  ///   - matrix: Row-major.
  ///   - rows: At least 0.
  ///   - columns: At least 0.
  static func of(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    let count = min(rows, columns)
    guard count > 0 else { return [] }
    let decomposition = JacobiDecomposition()
    var sigma = [Double](repeating: 0, count: count)
    var u = [Double](repeating: 0, count: rows * count)
    var v = [Double](repeating: 0, count: columns * count)
    var scratch = [Double](repeating: 0, count: decomposition.scratchCount(rows: rows, columns: columns))
    decomposition.decompose(
      matrix, rows: rows, columns: columns, u: &u, sigma: &sigma, v: &v, scratch: &scratch)
    return sigma
  }

  /// What `of` takes, in operations, about.
  static func cost(rows: Int, columns: Int) -> Double {
    let (short, long) = (Double(min(rows, columns)), Double(max(rows, columns)))
    return 64 * short * short * long
  }
}
