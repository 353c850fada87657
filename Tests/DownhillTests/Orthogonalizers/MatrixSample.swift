import Downhill
import DownhillBase
public import DownhillMatrix
public import Testing

/// A matrix of a kind, in Double, row-major; the numbers of all are representable in Float.
struct MatrixSample: Sendable, CustomStringConvertible {
  let name: String
  let rows, columns: Int
  let values: [Double]

  var description: String { "\(name) \(rows)×\(columns)" }

  static let all: [MatrixSample] = [
    gaussian(7, 7), gaussian(5, 11), gaussian(13, 4), gaussian(1, 9), gaussian(11, 1), gaussian(1, 1),
    illConditioned(6, 10), illConditioned(9, 9), ofRank(2, 7, 5), ofRank(1, 4, 6),
    scaled("tiny", gaussian(4, 6), by: 0x1p-100), scaled("huge", gaussian(6, 3), by: 0x1p100),
  ]

  static func gaussian(_ rows: Int, _ columns: Int, seed: UInt64 = 11) -> MatrixSample {
    let random = CounterRandom(seed: seed, stream: UInt64(rows * 1000 + columns))
    let values = (0..<rows * columns).map { Double(Float(random.normal(at: UInt64($0)))) }
    return MatrixSample(name: "gaussian", rows: rows, columns: columns, values: values)
  }

  /// σ from 1 to 10⁻⁶, evenly in their logarithms.
  static func illConditioned(_ rows: Int, _ columns: Int) -> MatrixSample {
    let rank = min(rows, columns)
    let sigma = (0..<rank).map { Elementary.exp(-13.815510557964274 * Double($0) / Double(rank - 1)) }
    let (u, v) = (orthogonal(rows, rank, seed: 21), orthogonal(columns, rank, seed: 22))
    let values = product(u, rank: rank, sigma, v, rows: rows, columns: columns).map { Double(Float($0)) }
    return MatrixSample(name: "ill-conditioned", rows: rows, columns: columns, values: values)
  }

  /// A product of small whole numbers, so that the rank is exact.
  static func ofRank(_ rank: Int, _ rows: Int, _ columns: Int) -> MatrixSample {
    let random = CounterRandom(seed: 31)
    func whole(_ place: Int) -> Double { Double(random.index(below: 9, at: UInt64(place))) - 4.5 }
    var values = [Double](repeating: 0, count: rows * columns)
    for (place, _) in values.enumerated() {
      for index in 0..<rank {
        values[place] += whole(place / columns * rank + index) * whole(500 + place % columns * rank + index)
      }
    }
    return MatrixSample(name: "rank-\(rank)", rows: rows, columns: columns, values: values)
  }

  static func scaled(_ name: String, _ other: MatrixSample, by factor: Double) -> MatrixSample {
    MatrixSample(
      name: name, rows: other.rows, columns: other.columns, values: other.values.map { factor * $0 })
  }

  /// Orthonormal columns, from the decomposition of a Gaussian matrix.
  static func orthogonal(_ rows: Int, _ columns: Int, seed: UInt64) -> [Double] {
    var values = gaussian(rows, columns, seed: seed).values
    let qr = HouseholderQR()
    var scratch = [Double](repeating: 0, count: qr.scratchCount(rows: rows, columns: columns))
    qr.orthonormalize(&values, rows: rows, columns: columns, scratch: &scratch)
    return values
  }

  /// U·diag(σ)·Vᵀ.
  static func product(
    _ u: [Double], rank: Int, _ sigma: [Double], _ v: [Double], rows: Int, columns: Int
  ) -> [Double] {
    (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return (0..<rank).reduce(0) { $0 + u[row * rank + $1] * sigma[$1] * v[column * rank + $1] }
    }
  }

  var rank: Int { min(rows, columns) }

  /// The singular value decomposition by Jacobi's rotations.
  func decomposition() -> (u: [Double], sigma: [Double], v: [Double]) {
    let jacobi = JacobiDecomposition()
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    var (u, sigma, v) = (zeros(rows * rank), zeros(rank), zeros(columns * rank))
    var scratch = zeros(jacobi.scratchCount(rows: rows, columns: columns))
    jacobi.decompose(values, rows: rows, columns: columns, u: &u, sigma: &sigma, v: &v, scratch: &scratch)
    return (u, sigma, v)
  }

  /// The matrix with f(σ/‖X‖) in place of σ.
  func mapped(_ map: (Double) -> Double) -> [Double] {
    let (u, sigma, v) = decomposition()
    let norm = sigma.reduce(0) { max($0, $1) }
    let length = norm == 0 ? 0 : norm * sigma.reduce(0) { $0 + ($1 / norm) * ($1 / norm) }.squareRoot()
    let mapped = sigma.map { length == 0 ? 0 : map($0 / length) }
    return Self.product(u, rank: rank, mapped, v, rows: rows, columns: columns)
  }

  /// Rows of the lying matrix divided by √Σⱼ|(XXᵀ)ᵢⱼ|, as it stood.
  func rescaledRows() -> MatrixSample {
    let isTall = rows > columns
    let (short, long) = isTall ? (columns, rows) : (rows, columns)
    func x(_ row: Int, _ column: Int) -> Double {
      isTall ? values[column * columns + row] : values[row * columns + column]
    }
    let unit = values.reduce(0) { max($0, $1.magnitude) }
    let norms = (0..<short).map { row in
      (0..<short).reduce(0) { sum, other in
        sum + (0..<long).reduce(0) { $0 + x(row, $1) / unit * (x(other, $1) / unit) }.magnitude
      }.squareRoot()
    }
    let result = (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return values[place] / unit / norms[isTall ? column : row]
    }
    return MatrixSample(name: "\(name), rescaled", rows: rows, columns: columns, values: result)
  }
}

/// Runs an orthogonaliser over a copy, in plain Swift.
func orthogonalized<Scalar: WeightScalar>(
  _ values: [Scalar], _ stack: MatrixStack, _ how: Orthogonalizer, scale: Double = 1,
  on machine: MatrixMachine<Scalar> = Scalar.plainMachine
) -> [Scalar] {
  var result = values
  let workspace = AlignedMemory<UInt64>(count: how.workspaceSize(for: stack, on: machine) / 8 + 8, repeating: ~0)
  values.withUnsafeBufferPointer { source in
    result.withUnsafeMutableBufferPointer { target in
      guard let source = source.baseAddress, let target = target.baseAddress else { return }
      how.orthogonalize(
        stack, from: source, into: target, scale: scale, workspace: UnsafeMutableRawPointer(workspace.start),
        on: machine, LoopBody(.serial))
    }
  }
  return result
}

extension MatrixSample {
  func orthogonalized<Scalar: WeightScalar>(_ how: Orthogonalizer, in _: Scalar.Type) -> [Double] {
    DownhillTests.orthogonalized(
      values.map { Scalar(nearest: $0) }, MatrixStack(rows: rows, columns: columns), how
    ).map { $0.wide }
  }
}

/// The greatest distance between two lists.
func greatestDifference(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}

extension Orthogonalizer {
  /// By what an error in a singular value is multiplied: the greatest |p'|, at least 1.
  var slope: Double {
    guard iteration != nil else { return 1 }
    return (0...1000).reduce(1.0) { (greatest: Double, place: Int) -> Double in
      let sigma = Double(place) / 1000
      return max(greatest, ((map(sigma + 1e-7) - map(sigma)) / 1e-7).magnitude)
    }
  }

  /// How much rounding may cost, in units of the last place of 1. On the Gram matrix σ² stands where σ did, and what
  /// rounding leaves of it, of either sign, is multiplied on: at worst 40 times as much was seen.
  func allowance(unit: Double) -> Double {
    let isGram = algorithm == .gram && restart == 0
    return 16 * unit * slope * (isGram ? 128 : 1)
  }

  /// What becomes of a share of the norm.
  func map(_ sigma: Double) -> Double { iteration?.table.map(sigma, steps: steps) ?? (sigma > 1e-12 ? 1 : 0) }
}

extension Orthogonalizer: CustomTestStringConvertible {
  public var testDescription: String {
    "\(method.knobName), \(steps) steps, \(algorithm.knobName), restart \(restart), \(precision.knobName)"
  }
}
