import DownhillBase
import DownhillKernels
import Testing

/// Each product of the fast machines beside the plain one.
@Suite("Products of libraries")
struct LibraryProductTests {
  /// Some longer than a strip in one direction or both.
  private static let sizes = [
    (1, 1, 1), (5, 7, 3), (17, 33, 65), (64, 0, 2), (300, 3, 7), (3, 5, 290), (130, 150, 140),
  ].map { ProductSize(rows: $0.0, inner: $0.1, columns: $0.2) }
  private static let forms = [ProductForm.plain, .leftTransposed, .rightTransposed]

  @Test("oneDNN's are those of the plain loops, on any number of threads", arguments: forms)
  func float(form: ProductForm) {
    for size in Self.sizes {
      let a = gaussian(size.rows * size.inner, seed: 1)
      let b = gaussian(size.inner * size.columns, seed: 2)
      let before = gaussian(size.rows * size.columns, seed: 3)
      var (expected, found, serially) = (before, before, before)
      MatrixMachine<Float>.plain.product(form, a, b, &expected, size, 0.5, 2, serial)
      MatrixMachine<Float>.accelerated.product(form, a, b, &found, size, 0.5, 2, LoopBody(TeamLoop(workerCount: 2)))
      MatrixMachine<Float>.accelerated.product(form, a, b, &serially, size, 0.5, 2, serial)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-5 * (1 + abs($1)) }, "\(size)")
      #expect(found == serially, "\(size)")
    }
  }

  @Test("OpenBLAS's are those of the plain loops, on any number of threads", arguments: forms)
  func double(form: ProductForm) {
    for size in Self.sizes {
      let a = gaussian(size.rows * size.inner, seed: 1).map(Double.init)
      let b = gaussian(size.inner * size.columns, seed: 2).map(Double.init)
      let before = gaussian(size.rows * size.columns, seed: 3).map(Double.init)
      var (expected, found, serially) = (before, before, before)
      MatrixMachine<Double>.plain.product(form, a, b, &expected, size, 0.5, 2, serial)
      MatrixMachine<Double>.accelerated.product(form, a, b, &found, size, 0.5, 2, LoopBody(TeamLoop(workerCount: 2)))
      MatrixMachine<Double>.accelerated.product(form, a, b, &serially, size, 0.5, 2, serial)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-13 * (1 + abs($1)) }, "\(size)")
      #expect(found == serially, "\(size)")
    }
  }

  @Test("a matrix by its own transpose", arguments: [ProductForm.leftTransposed, .rightTransposed])
  func symmetric(form: ProductForm) {
    let size = ProductSize(rows: 150, inner: 40, columns: 150)
    let a = gaussian(150 * 40, seed: 4)
    let wide = a.map(Double.init)
    var (expected, found) = ([Float](repeating: .nan, count: 150 * 150), [Float](repeating: .nan, count: 150 * 150))
    MatrixMachine<Float>.plain.symmetricProduct(form, a, &expected, size, 2, 0, serial)
    MatrixMachine<Float>.accelerated.symmetricProduct(form, a, &found, size, 2, 0, serial)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 })
    var (wideExpected, wideFound) = (expected.map(Double.init), found.map(Double.init))
    MatrixMachine<Double>.plain.symmetricProduct(form, wide, &wideExpected, size, 2, 0, serial)
    MatrixMachine<Double>.accelerated.symmetricProduct(form, wide, &wideFound, size, 2, 0, serial)
    #expect(zip(wideFound, wideExpected).allSatisfy { abs($0 - $1) <= 1e-12 })
  }
}
