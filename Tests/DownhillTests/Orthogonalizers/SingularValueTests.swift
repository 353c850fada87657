import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Every orthogonaliser does to singular values what it says, and nothing to the singular vectors.
@Suite("Orthogonalisers: singular values")
struct SingularValueTests {
  /// All tables in the steps that they were made for, by both algorithms, and the exact factors.
  static let methods: [Orthogonalizer] = Orthogonalizer.Method.allCases.flatMap { method -> [Orthogonalizer] in
    guard case .newtonSchulz(let table) = method else { return [Orthogonalizer(method)] }
    let steps = table == .deepseek ? 10 : 5
    return [
      Orthogonalizer(method, steps: steps), Orthogonalizer(method, steps: steps, algorithm: .gram),
      Orthogonalizer(method, steps: steps, algorithm: .gram, restart: 2),
    ]
  }

  @Test("U·p(Σ)·Vᵀ in Double, to 16 roundings times the greatest slope", arguments: methods)
  func inDouble(_ how: Orthogonalizer) {
    for sample in MatrixSample.all {
      let error = greatestDifference(sample.orthogonalized(how, in: Double.self), expected(how, sample))
      #expect(error <= exactAllowance(how, sample, 0x1p-52), "\(sample): \(error)")
    }
  }

  @Test("the same in Float", arguments: methods)
  func inFloat(_ how: Orthogonalizer) {
    for sample in MatrixSample.all {
      if how.iteration == nil, sample.name == "ill-conditioned" { continue }
      let error = greatestDifference(sample.orthogonalized(how, in: Float.self), expected(how, sample))
      #expect(error <= exactAllowance(how, sample, 0x1p-23), "\(sample): \(error)")
    }
  }

  /// Of an exact factor the least singular value above rounding decides.
  private func exactAllowance(_ how: Orthogonalizer, _ sample: MatrixSample, _ unit: Double) -> Double {
    guard how.iteration == nil else { return how.allowance(unit: unit) }
    let sigma = sample.decomposition().sigma
    let least = sigma.last { $0 > 1e-9 * sigma[0] } ?? 1
    return 16 * unit * sigma[0] / least
  }

  @Test("each singular value of the result is p(σ/‖X‖)", arguments: methods)
  func values(_ how: Orthogonalizer) {
    for sample in MatrixSample.all {
      let found = MatrixSample(
        name: "", rows: sample.rows, columns: sample.columns, values: sample.orthogonalized(how, in: Double.self))
      let base = how.iteration?.scaling == .aol ? sample.rescaledRows() : sample
      let sigma = base.decomposition().sigma
      let length = how.iteration?.scaling == .aol ? 1 : norm(of: sigma)
      // Some maps do not keep the order.
      let wanted = sigma.map { $0 <= 1e-12 * sigma[0] ? 0 : how.map($0 / length).magnitude }.sorted(by: >)
      let error = greatestDifference(found.decomposition().sigma, wanted)
      #expect(error <= exactAllowance(how, sample, 0x1p-52), "\(sample): \(error)")
    }
  }

  private func norm(of sigma: [Double]) -> Double {
    sigma[0] * sigma.reduce(0) { $0 + ($1 / sigma[0]) * ($1 / sigma[0]) }.squareRoot()
  }

  private func expected(_ how: Orthogonalizer, _ sample: MatrixSample) -> [Double] {
    guard how.iteration?.scaling == .aol else { return sample.mapped(how.map) }
    // There is no norm to divide by any more.
    let scaled = sample.rescaledRows()
    let (u, sigma, v) = scaled.decomposition()
    return MatrixSample.product(
      u, rank: scaled.rank, sigma.map(how.map), v, rows: scaled.rows, columns: scaled.columns)
  }

  /// With 8 bits of precision X itself is rounded by 2⁻⁹ of its largest numbers, which a slope of 485 makes 1 where σ is
  /// smaller than that: of ten singular values from 1 to 10⁻⁶ half are.
  @Test("the same in bfloat16, to hundredths on Gaussian matrices")
  func inBFloat16() {
    for (algorithm, gaussian) in [(Orthogonalization.Algorithm.plain, 0.03), (.gram, 0.1)] {
      let how = Orthogonalizer(steps: 5, precision: .bfloat16, algorithm: algorithm)
      for (sample, bound) in [
        (MatrixSample.gaussian(12, 12), gaussian), (.gaussian(9, 24), gaussian), (.illConditioned(9, 9), 0.3),
        (.illConditioned(6, 10), 0.3),
      ] {
        let (found, wanted) = (sample.orthogonalized(how, in: Float.self), expected(how, sample))
        let squares = zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let error = (squares / wanted.reduce(0) { $0 + $1 * $1 }).squareRoot()
        #expect(error <= bound && error > 1e-4, "\(sample), \(algorithm.knobName): \(error)")
      }
    }
  }

  @Test("an equal rotation of rows and of columns goes through", arguments: methods)
  func equivariance(_ how: Orthogonalizer) {
    // Rows that are rescaled are not turned.
    if how.iteration?.scaling == .aol { return }
    for sample in [MatrixSample.gaussian(5, 8), .gaussian(7, 7), .gaussian(9, 3)] {
      let (rows, columns) = (sample.rows, sample.columns)
      let left = MatrixSample.orthogonal(rows, rows, seed: 41)
      let right = MatrixSample.orthogonal(columns, columns, seed: 42)
      func turned(_ values: [Double]) -> [Double] {
        let half = multiply(left, values, rows, rows, columns)
        return multiply(half, right, rows, columns, columns)
      }
      let ours = MatrixSample(name: "", rows: rows, columns: columns, values: turned(sample.values))
      let found = ours.orthogonalized(how, in: Double.self)
      let error = greatestDifference(found, turned(sample.orthogonalized(how, in: Double.self)))
      #expect(error <= 4 * exactAllowance(how, sample, 0x1p-52), "\(sample): \(error)")
    }
  }

  private func multiply(_ a: [Double], _ b: [Double], _ rows: Int, _ inner: Int, _ columns: Int) -> [Double] {
    (0..<rows * columns).map { place in
      (0..<inner).reduce(0) { $0 + a[place / columns * inner + $1] * b[$1 * columns + place % columns] }
    }
  }

  @Test("a power of two changes no bit, any other scale next to nothing", arguments: methods)
  func scale(_ how: Orthogonalizer) {
    for sample in [MatrixSample.gaussian(5, 8), .gaussian(6, 3)] {
      let stack = MatrixStack(rows: sample.rows, columns: sample.columns)
      let values = sample.values.map { Float($0) }
      let usual = orthogonalized(values, stack, how)
      for factor: Float in [0x1p-99, 0x1p99] {
        #expect(difference(orthogonalized(values.map { factor * $0 }, stack, how), usual) == nil, "\(factor)")
      }
      for factor: Float in [1e-30, 1e-7, 1e30] {
        let found = orthogonalized(values.map { factor * $0 }, stack, how)
        let error = greatestDifference(found.map { Double($0) }, usual.map { Double($0) })
        #expect(error <= 4 * exactAllowance(how, sample, 0x1p-23), "\(factor): \(error)")
      }
    }
  }
}
