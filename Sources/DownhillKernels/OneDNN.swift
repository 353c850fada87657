import COneDNN

/// Products in float32 by oneDNN on its whole team, for networks: unlike `LibraryProduct`'s, their bits depend on the
/// number of threads.
public enum OneDNN {
  /// C ← scale · op(A)·op(B) + keep · C, row-major, with rows that lie further apart than they are long.
  ///
  /// Within a part of a `TeamLoop` it runs on that worker alone.
  /// - Parameters:
  ///   - transposesA: Whether A lies as k × m.
  ///   - transposesB: Whether B lies as n × k.
  ///   - m: The rows of C.
  ///   - n: The columns of C.
  ///   - k: The length of each sum.
  ///   - scale: The factor of the product.
  ///   - a: The left factor.
  ///   - lda: From one row of A, as it lies, to the next.
  ///   - b: The right factor.
  ///   - ldb: From one row of B, as it lies, to the next.
  ///   - keep: The factor of what C held; 0 does not read it.
  ///   - c: The result.
  ///   - ldc: From one row of C to the next.
  @inline(__always)
  public static func gemm(
    _ transposesA: Bool, _ transposesB: Bool, _ m: Int, _ n: Int, _ k: Int, _ scale: Float = 1,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ keep: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    // The only failures are those of arguments, which are right by construction.
    _ = dh_onednn_sgemm(
      letter(transposesA), letter(transposesB), m, n, k, scale, a, lda, b, ldb, keep, c, ldc)
  }

  private static func letter(_ isTransposed: Bool) -> CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
}
