import DownhillBase
import DownhillKernels
import Testing

@Suite("Products of libraries")
struct LibraryProductTests {
  private static let sizes = [(1, 1, 1), (5, 7, 3), (17, 33, 65), (64, 0, 2)]

  @Test("oneDNN's are those of the plain loops", arguments: [ProductForm.plain, .leftTransposed, .rightTransposed])
  func float(form: ProductForm) {
    for (rows, inner, columns) in Self.sizes {
      let a = gaussian(rows * inner, seed: 1)
      let b = gaussian(inner * columns, seed: 2)
      var found = gaussian(rows * columns, seed: 3)
      var expected = found
      PlainMatrixProduct().multiply(
        form, a, b, into: &expected, rows: rows, inner: inner, columns: columns, scale: 0.5, keep: 2)
      OneDNN.multiply(form, a, b, into: &found, rows: rows, inner: inner, columns: columns, scale: 0.5, keep: 2)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * (1 + abs($1)) }, "\(rows)×\(inner)×\(columns)")
    }
  }

  @Test("OpenBLAS's are those of the plain loops", arguments: [ProductForm.plain, .leftTransposed, .rightTransposed])
  func double(form: ProductForm) {
    for (rows, inner, columns) in Self.sizes {
      let a = gaussian(rows * inner, seed: 1).map(Double.init)
      let b = gaussian(inner * columns, seed: 2).map(Double.init)
      var found = gaussian(rows * columns, seed: 3).map(Double.init)
      var expected = found
      PlainMatrixProduct().multiply(
        form, a, b, into: &expected, rows: rows, inner: inner, columns: columns, scale: 0.5, keep: 2)
      OpenBLAS.multiply(form, a, b, into: &found, rows: rows, inner: inner, columns: columns, scale: 0.5, keep: 2)
      #expect(
        zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-14 * (1 + abs($1)) }, "\(rows)×\(inner)×\(columns)")
    }
  }
}
