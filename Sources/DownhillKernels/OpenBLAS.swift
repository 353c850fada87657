import CLAPACK
public import DownhillBase

/// Products in Double by OpenBLAS, on the calling thread.
public enum OpenBLAS {
  /// Its own threads would be a second team on the same cores, and split sums differently with their number.
  private static let isReady: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// C ← scale · product + keep · C, as `MatrixProduct` says; row-major without gaps.
  public static func multiply(
    _ form: ProductForm, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    rows: Int, inner: Int, columns: Int, scale: Double, keep: Double
  ) {
    guard isReady, rows > 0, columns > 0 else { return }
    // What lies row by row is the transpose of what lies column by column: Cᵀ = Bᵀ·Aᵀ.
    var (left, right) = (letter(form == .rightTransposed), letter(form == .leftTransposed))
    var (m, n, k) = (CInt(columns), CInt(rows), CInt(inner))
    var (lda, ldb) = (
      CInt(form == .rightTransposed ? max(inner, 1) : columns), CInt(form == .leftTransposed ? rows : max(inner, 1))
    )
    var (alpha, beta) = (scale, keep)
    dgemm_(&left, &right, &m, &n, &k, &alpha, b, &lda, a, &ldb, &beta, c, &m)
  }

  private static func letter(_ isTransposed: Bool) -> CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
}
