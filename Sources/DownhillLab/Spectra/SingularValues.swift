import DownhillBase
import DownhillKernels

/// The singular values of matrices, in Double.
enum SingularValues {
  /// Up to this short side by Jacobi rotations: exact to the last digits however small they are, and the same bits on every
  /// machine. Beyond it they would take minutes, and the machine's own decomposition does it.
  static let mostByRotation = 160

  /// σ from the largest down; numbers that are none where the matrix holds one.
  /// - Parameters:
  ///   - matrix: Row-major.
  ///   - rows: At least 0.
  ///   - columns: At least 0.
  static func of(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    let count = min(rows, columns)
    guard count > 0 else { return [] }
    let machine: MatrixMachine<Double> = count > mostByRotation ? .accelerated : .plain
    var sigma = [Double](repeating: 0, count: count)
    var u = [Double](repeating: 0, count: rows * count)
    var v = [Double](repeating: 0, count: columns * count)
    var scratch = [Double](repeating: 0, count: machine.decompositions.singularScratch(rows, columns))
    _ = machine.decompositions.singular(matrix, rows, columns, &u, &sigma, &v, &scratch)
    return sigma
  }

  /// What `of` takes, in operations, about.
  static func cost(rows: Int, columns: Int) -> Double {
    let (short, long) = (Double(min(rows, columns)), Double(max(rows, columns)))
    return 64 * short * short * long
  }
}
