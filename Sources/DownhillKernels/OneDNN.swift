import COneDNN
public import DownhillBase

/// Products in float32 by oneDNN, on its team of threads.
public enum OneDNN {
  /// C ← scale · product + keep · C, as `MatrixProduct` says; row-major without gaps.
  public static func multiply(
    _ form: ProductForm, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    rows: Int, inner: Int, columns: Int, scale: Float, keep: Float
  ) {
    guard rows > 0, columns > 0 else { return }
    guard inner > 0 else {
      for place in 0..<rows * columns { c[place] = keep == 0 ? 0 : keep * c[place] }
      return
    }
    let (left, right) = (letter(form == .leftTransposed), letter(form == .rightTransposed))
    // The only failures are those of arguments, which are right by construction.
    _ = dh_onednn_sgemm(
      left, right, rows, columns, inner, scale, a, form == .leftTransposed ? rows : inner, b,
      form == .rightTransposed ? inner : columns, keep, c, columns)
  }

  static func letter(_ isTransposed: Bool) -> CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
}
