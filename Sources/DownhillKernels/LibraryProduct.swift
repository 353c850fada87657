import CLAPACK
import COneDNN
import CThreads
public import DownhillBase

/// Products of matrices by a library, in strips of C that follow from the shape alone: each is one call on one thread, so
/// that the bits do not depend on the number of threads.
public struct LibraryProduct<Scalar: LaneScalar>: Sendable {
  /// C ← scale · op(A)·op(B) + keep · C, row-major, with the lengths of rows of A, B and C.
  private let call: @Sendable (_ strip: Strip<Scalar>) -> Void

  fileprivate init(call: @escaping @Sendable (Strip<Scalar>) -> Void) { self.call = call }

  /// Long enough that a library's preparations do not count.
  private static var stripLength: Int { 128 }

  /// As `MatrixProduct` says.
  public func multiply(
    _ form: ProductForm, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>,
    size: ProductSize, scale: Scalar, keep: Scalar, on loop: LoopBody
  ) {
    let (rows, inner, columns) = (size.rows, size.inner, size.columns)
    guard rows > 0, columns > 0 else { return }
    guard inner > 0 else {
      for place in 0..<rows * columns { c[place] = keep == 0 ? 0 : keep * c[place] }
      return
    }
    let whole = Strip(form: form, a: a, b: b, c: c, size: size, scale: scale, keep: keep)
    let cutsRows = rows >= columns
    let length = cutsRows ? rows : columns
    let count = (length + Self.stripLength - 1) / Self.stripLength
    guard count > 1, loop.workerCount > 1 else {
      for index in 0..<count { call(whole.part(index, of: Self.stripLength, cutsRows: cutsRows)) }
      return
    }
    loop.forEach(count) { index, _ in call(whole.part(index, of: Self.stripLength, cutsRows: cutsRows)) }
  }
}

/// Some rows or columns of C, and what they are made from.
private struct Strip<Scalar: LaneScalar> {
  let form: ProductForm
  let a, b: UnsafePointer<Scalar>
  let c: UnsafeMutablePointer<Scalar>
  let rows, inner, columns: Int
  let aStride, bStride, cStride: Int
  let scale, keep: Scalar

  init(
    form: ProductForm, a: UnsafePointer<Scalar>, b: UnsafePointer<Scalar>, c: UnsafeMutablePointer<Scalar>,
    size: ProductSize, scale: Scalar, keep: Scalar
  ) {
    (self.form, self.a, self.b, self.c) = (form, a, b, c)
    (rows, inner, columns) = (size.rows, size.inner, size.columns)
    aStride = form == .leftTransposed ? rows : inner
    bStride = form == .rightTransposed ? inner : columns
    cStride = columns
    (self.scale, self.keep) = (scale, keep)
  }

  private init(_ whole: Strip, rows: Range<Int>, columns: Range<Int>) {
    form = whole.form
    a = whole.a + rows.lowerBound * (form == .leftTransposed ? 1 : whole.aStride)
    b = whole.b + columns.lowerBound * (form == .rightTransposed ? whole.bStride : 1)
    c = whole.c + rows.lowerBound * whole.cStride + columns.lowerBound
    (self.rows, inner, self.columns) = (rows.count, whole.inner, columns.count)
    (aStride, bStride, cStride) = (whole.aStride, whole.bStride, whole.cStride)
    (scale, keep) = (whole.scale, whole.keep)
  }

  func part(_ index: Int, of length: Int, cutsRows: Bool) -> Strip {
    let range = index * length..<min((index + 1) * length, cutsRows ? rows : columns)
    return Strip(self, rows: cutsRows ? range : 0..<rows, columns: cutsRows ? 0..<columns : range)
  }
}

extension LibraryProduct where Scalar == Float {
  /// oneDNN's.
  public static var oneDNN: LibraryProduct {
    LibraryProduct { strip in
      onOneThread {
        // The only failures are those of arguments, which are right by construction.
        _ = dh_onednn_sgemm(
          letter(strip.form == .leftTransposed), letter(strip.form == .rightTransposed), strip.rows, strip.columns,
          strip.inner, strip.scale, strip.a, strip.aStride, strip.b, strip.bStride, strip.keep, strip.c, strip.cStride)
      }
    }
  }
}

extension LibraryProduct where Scalar == Double {
  /// OpenBLAS's.
  public static var openBLAS: LibraryProduct {
    LibraryProduct { strip in
      OpenBLAS.prepare()
      // What lies row by row is the transpose of what lies column by column: Cᵀ = Bᵀ·Aᵀ.
      var (left, right) = (letter(strip.form == .rightTransposed), letter(strip.form == .leftTransposed))
      var (m, n, k) = (CInt(strip.columns), CInt(strip.rows), CInt(strip.inner))
      var (lda, ldb, ldc) = (CInt(strip.bStride), CInt(strip.aStride), CInt(strip.cStride))
      var (alpha, beta) = (strip.scale, strip.keep)
      dgemm_(&left, &right, &m, &n, &k, &alpha, strip.b, &lda, strip.a, &ldb, &beta, strip.c, &ldc)
    }
  }
}

private func letter(_ isTransposed: Bool) -> CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }

/// oneDNN's own loops on the calling thread alone.
private func onOneThread(_ body: () -> Void) {
  #if os(Linux)
    let count = omp_get_max_threads()
    omp_set_num_threads(1)
    body()
    omp_set_num_threads(count)
  #else
    body()
  #endif
}
