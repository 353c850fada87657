import DownhillBase
import Testing

/// Eigenvalues and QR in plain Swift, held to what they are by definition.
@Suite struct EigenAndQRTests {
  private static let machine = MatrixMachine<Double>.plain

  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> [Double] {
    let random = CounterRandom(seed: seed)
    return (0..<rows * columns).map { random.normal(at: UInt64($0)) }
  }

  private func product(_ form: ProductForm, _ a: [Double], _ b: [Double], _ size: ProductSize) -> [Double] {
    var c = [Double](repeating: 0, count: size.rows * size.columns)
    Self.machine.product(form, a, b, &c, size, 1, 0, LoopBody(.serial))
    return c
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }

  @Test(arguments: [1, 2, 3, 7, 16, 31], [1.0, 1e-200, 1e200])
  func eigenvectorsRebuildTheMatrix(n: Int, unit: Double) {
    let g = random(n, max(n / 2, 1), seed: UInt64(n))
    let inner = max(n / 2, 1)
    // Half of full rank, with a negative part on the diagonal.
    var a = product(.rightTransposed, g, g, ProductSize(rows: n, inner: inner, columns: n))
    for index in 0..<n { a[index * n + index] -= Double(index) / 2 }
    a = a.map { $0 * unit }
    var vectors = [Double](repeating: 0, count: n * n)
    var values = [Double](repeating: 0, count: n)
    var scratch = [Double](repeating: 0, count: Self.machine.decompositions.eigenScratch(n))
    #expect(Self.machine.decompositions.eigen(a, n, &vectors, &values, &scratch))
    #expect(values == values.sorted(by: >))
    var scaled = vectors
    for row in 0..<n { for column in 0..<n { scaled[row * n + column] *= values[column] / unit } }
    let rebuilt = product(.rightTransposed, scaled, vectors, ProductSize(rows: n, inner: n, columns: n))
    #expect(distance(rebuilt, a.map { $0 / unit }) < 1e-13 * Double(n * n))
    for column in 0..<n {
      let entries = (0..<n).map { vectors[$0 * n + column] }
      #expect(signOfGreatest(entries, n) == 1)
    }
  }

  @Test func whatIsNotFiniteHasNoEigenvalues() {
    var (vectors, values) = ([Double](repeating: 0, count: 4), [Double](repeating: 0, count: 2))
    var scratch = [Double](repeating: 0, count: 8)
    #expect(!Self.machine.decompositions.eigen([1, 0, .infinity, 1], 2, &vectors, &values, &scratch))
    #expect(values.allSatisfy { $0.isNaN })
  }

  @Test(arguments: [(1, 1), (5, 3), (7, 7), (20, 1), (33, 16)], [1.0, 1e-180, 1e180])
  func qrGivesAnOrthonormalFactor(size: (rows: Int, columns: Int), unit: Double) {
    let (m, n) = size
    var a = random(m, n, seed: 3).map { $0 * unit }
    // A column that depends on the first, so that the rank is not full.
    if n > 2 { for row in 0..<m { a[row * n + 2] = 2 * a[row * n] } }
    var q = a
    var scratch = [Double](repeating: 0, count: Self.machine.decompositions.orthonormalScratch(m, n))
    Self.machine.decompositions.orthonormalize(&q, m, n, &scratch)
    let gram = product(.leftTransposed, q, q, ProductSize(rows: n, inner: m, columns: n))
    let identity = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    #expect(distance(gram, identity) < 1e-13)
    let r = product(.leftTransposed, q, a.map { $0 / unit }, ProductSize(rows: n, inner: m, columns: n))
    for row in 0..<n {
      #expect(r[row * n + row] > -1e-13)
      for column in 0..<row { #expect(r[row * n + column].magnitude < 1e-13) }
    }
    let rebuilt = product(.plain, q, r, ProductSize(rows: m, inner: n, columns: n))
    #expect(distance(rebuilt, a.map { $0 / unit }) < 1e-12)
  }
}
