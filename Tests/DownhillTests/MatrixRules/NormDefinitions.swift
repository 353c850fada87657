import Downhill
import DownhillBase
import DownhillMatrix

/// A matrix of m × n in Double, row by row.
struct SmallMatrix {
  let rows, columns: Int
  var values: [Double]

  init(_ rows: Int, _ columns: Int, _ values: [Double]) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  init(_ rows: Int, _ columns: Int, randomWith seed: UInt64) {
    let random = CounterRandom(seed: seed)
    self.init(rows, columns, (0..<rows * columns).map { random.normal(at: UInt64($0)) })
  }

  subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
  var transposed: SmallMatrix {
    SmallMatrix(columns, rows, (0..<rows * columns).map { self[$0 % rows, $0 / rows] })
  }
  var shape: Shape { [rows, columns] }

  func row(_ row: Int) -> [Double] { (0..<columns).map { self[row, $0] } }
  func column(_ column: Int) -> [Double] { (0..<rows).map { self[$0, column] } }
  func scaled(by factor: Double) -> SmallMatrix { SmallMatrix(rows, columns, values.map { factor * $0 }) }

  func along(_ other: SmallMatrix) -> Double { zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 } }

  func times(_ other: SmallMatrix) -> SmallMatrix {
    SmallMatrix(
      rows, other.columns,
      (0..<rows * other.columns).map { place in
        zip(row(place / other.columns), other.column(place % other.columns)).reduce(0) { $0 + $1.0 * $1.1 }
      })
  }

  /// By Jacobi's rotations.
  var singularValues: [Double] {
    let (count, decomposition) = (min(rows, columns), JacobiDecomposition())
    var (u, v) = ([Double](repeating: 0, count: rows * count), [Double](repeating: 0, count: columns * count))
    var sigma = [Double](repeating: 0, count: count)
    var scratch = [Double](repeating: 0, count: decomposition.scratchCount(rows: rows, columns: columns))
    decomposition.decompose(values, rows: rows, columns: columns, u: &u, sigma: &sigma, v: &v, scratch: &scratch)
    return sigma
  }
}

/// ‖x‖₂.
func length(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

extension MatrixNorm {
  /// The norm by its definition.
  func value(_ w: SmallMatrix, p: Double = 4) -> Double {
    let (m, n) = (Double(w.rows), Double(w.columns))
    let (rows, columns) = ((0..<w.rows).map { w.row($0) }, (0..<w.columns).map { w.column($0) })
    func magnitudes(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1.magnitude } }
    func largest(_ x: [Double]) -> Double { x.max() ?? 0 }
    return switch self {
    case .frobenius: length(w.values)
    case .spectral: w.singularValues[0]
    case .nuclear: w.singularValues.reduce(0, +)
    case .schatten: Elementary.pow(w.singularValues.reduce(0) { $0 + Elementary.pow($1, p) }, 1 / p)
    case .max: largest(w.values.map { $0.magnitude })
    case .sum: magnitudes(w.values)
    case .rmsToRMS: (n / m).squareRoot() * w.singularValues[0]
    case .oneToRMS: largest(columns.map(length)) / m.squareRoot()
    case .rmsToInfinity: largest(rows.map(length)) * n.squareRoot()
    case .oneToTwo: largest(columns.map(length))
    case .twoToInfinity: largest(rows.map(length))
    case .columnSum: largest(columns.map(magnitudes))
    case .rowSum: largest(rows.map(magnitudes))
    }
  }
}
