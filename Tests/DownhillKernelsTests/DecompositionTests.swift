import DownhillBase
import DownhillKernels
import Testing

/// LAPACK's decompositions keep what `MatrixDecompositions` says, and agree with the plain ones.
@Suite("Decompositions by LAPACK")
struct DecompositionTests {
  private static let shapes = [(1, 1), (5, 3), (3, 5), (1, 7), (7, 1), (40, 40), (33, 64), (90, 20)]
  private let fast = MatrixMachine<Double>.accelerated.decompositions
  private let plain = MatrixMachine<Double>.plain.decompositions

  private func sample(_ rows: Int, _ columns: Int, rank: Int? = nil) -> [Double] {
    guard let rank else { return gaussian(rows * columns, seed: UInt64(rows * 100 + columns)).map(Double.init) }
    let (left, right) = (sample(rows, rank), sample(rank, columns))
    var product = [Double](repeating: 0, count: rows * columns)
    PlainMatrixProduct().multiply(.plain, left, right, into: &product, rows: rows, inner: rank, columns: columns)
    return product
  }

  @Test("A = U·diag(σ)·Vᵀ with the σ of Jacobi", arguments: shapes)
  func singular(rows: Int, columns: Int) {
    let r = min(rows, columns)
    for a in [sample(rows, columns), sample(rows, columns, rank: 1), [Double](repeating: 0, count: rows * columns)] {
      func decomposed(_ by: MatrixDecompositions<Double>) -> (u: [Double], sigma: [Double], v: [Double]) {
        var (u, sigma, v) = (
          [Double](repeating: .nan, count: rows * r), [Double](repeating: .nan, count: r),
          [Double](repeating: .nan, count: columns * r)
        )
        var scratch = [Double](repeating: .nan, count: by.singularScratch(rows, columns))
        #expect(by.singular(a, rows, columns, &u, &sigma, &v, &scratch))
        return (u, sigma, v)
      }
      let (u, sigma, v) = decomposed(fast)
      let largest = max(sigma[0], 1e-300)
      #expect(zip(sigma, decomposed(plain).sigma).allSatisfy { abs($0 - $1) <= 1e-13 * largest })
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for index in 0..<r { sum += u[row * r + index] * sigma[index] * v[column * r + index] }
          #expect(abs(sum - a[row * columns + column]) <= 1e-13 * largest)
        }
      }
      expectOrthonormal(u, rows, r)
      expectOrthonormal(v, columns, r)
    }
  }

  @Test("A = V·diag(λ)·Vᵀ, as the plain one down to signs", arguments: [1, 2, 5, 33])
  func eigen(n: Int) {
    let half = sample(n, n)
    var a = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      // What is above the diagonal is not read.
      for column in 0..<n { a[row * n + column] = column > row ? .nan : half[row * n + column] }
    }
    func decomposed(_ by: MatrixDecompositions<Double>) -> (values: [Double], vectors: [Double]) {
      var (values, vectors) = ([Double](repeating: .nan, count: n), [Double](repeating: .nan, count: n * n))
      var scratch = [Double](repeating: .nan, count: by.eigenScratch(n))
      #expect(by.eigen(a, n, &vectors, &values, &scratch))
      return (values, vectors)
    }
    let (found, expected) = (decomposed(fast), decomposed(plain))
    #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) <= 1e-12 * (1 + abs($1)) })
    #expect(zip(found.vectors, expected.vectors).allSatisfy { abs($0 - $1) <= 1e-9 })
    expectOrthonormal(found.vectors, n, n)
  }

  @Test("A = Q·R, as the plain one down to signs", arguments: shapes.filter { $0.0 >= $0.1 })
  func orthonormal(rows: Int, columns: Int) {
    let a = sample(rows, columns)
    var (found, expected) = (a, a)
    var scratch = [Double](repeating: .nan, count: fast.orthonormalScratch(rows, columns))
    fast.orthonormalize(&found, rows, columns, &scratch)
    scratch = [Double](repeating: .nan, count: plain.orthonormalScratch(rows, columns))
    plain.orthonormalize(&expected, rows, columns, &scratch)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 })
    var poor = sample(rows, columns, rank: 1)
    scratch = [Double](repeating: .nan, count: fast.orthonormalScratch(rows, columns))
    fast.orthonormalize(&poor, rows, columns, &scratch)
    expectOrthonormal(poor, rows, columns)
  }

  @Test("what is not finite is said to be so")
  func notFinite() {
    for bad in [Double.nan, .infinity] {
      var a = sample(4, 4)
      a[4] = bad
      var (u, sigma, v) = ([Double](repeating: 0, count: 16), [Double](repeating: 0, count: 4), a)
      var scratch = [Double](repeating: 0, count: fast.singularScratch(4, 4) + fast.eigenScratch(4))
      #expect(!fast.singular(a, 4, 4, &u, &sigma, &v, &scratch))
      #expect((u + sigma + v).allSatisfy { $0.isNaN })
      u = a
      #expect(!fast.eigen(a, 4, &u, &sigma, &scratch))
      #expect((u + sigma).allSatisfy { $0.isNaN })
    }
  }

  private func expectOrthonormal(_ a: [Double], _ rows: Int, _ columns: Int) {
    for first in 0..<columns {
      for second in 0...first {
        var sum = 0.0
        for row in 0..<rows { sum += a[row * columns + first] * a[row * columns + second] }
        #expect(abs(sum - (first == second ? 1 : 0)) <= 1e-12)
      }
    }
  }
}
