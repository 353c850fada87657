import Downhill
import DownhillBase

/// The matrix of norm 1 that goes farthest along another: d = argmax ⟨U, d⟩ over ‖d‖ ≤ 1, whose value there is the dual
/// norm of U.
///
/// Those that need no singular values; of several that go equally far the one that is written here.
struct DualityMap {
  let norm: MatrixNorm
  /// How W lies: (row, column) of the norm's m × n is at row·rowStride + column·columnStride.
  let rows, columns, rowStride, columnStride: Int

  init(_ norm: MatrixNorm, _ shape: Shape, transposed: Bool) {
    self.norm = norm
    rows = transposed ? shape.columns : shape.rows
    columns = transposed ? shape.rows : shape.columns
    rowStride = transposed ? 1 : shape.columns
    columnStride = transposed ? shape.columns : 1
  }

  private var count: Int { rows * columns }

  /// U ← d; returns the dual norm. Zero gives zero.
  func callAsFunction<Scalar: WeightScalar>(_ u: UnsafeMutablePointer<Scalar>) -> Double {
    let factor = norm.factor(rows: rows, columns: columns)
    let dual: Double
    switch norm {
    case .frobenius: dual = normalize(u, Line(start: 0, count: count, stride: 1), 1)
    case .max: dual = takeSigns(u)
    case .sum: dual = keepLargest(u, Line(start: 0, count: count, stride: 1))
    case .oneToRMS, .oneToTwo: dual = total(columns) { normalize(u, column($0), 1 / factor) }
    case .rmsToInfinity, .twoToInfinity: dual = total(rows) { normalize(u, row($0), 1 / factor) }
    case .columnSum: dual = total(columns) { keepLargest(u, column($0)) }
    case .rowSum: dual = total(rows) { keepLargest(u, row($0)) }
    case .spectral, .nuclear, .schatten, .rmsToRMS: dual = 0
    }
    return dual / factor
  }

  /// Numbers that lie equally far apart.
  private struct Line {
    let start, count, stride: Int
  }

  private func row(_ index: Int) -> Line { Line(start: index * rowStride, count: columns, stride: columnStride) }
  private func column(_ index: Int) -> Line { Line(start: index * columnStride, count: rows, stride: rowStride) }

  private func total(_ count: Int, _ part: (Int) -> Double) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += part(index) }
    return sum
  }

  /// Gives a line the length `size`; returns the length that it had.
  private func normalize<Scalar: WeightScalar>(
    _ u: UnsafeMutablePointer<Scalar>, _ line: Line, _ size: Double
  ) -> Double {
    let first = u + line.start
    var largest = 0.0
    for index in 0..<line.count { largest = max(largest, first[index * line.stride].wide.magnitude) }
    guard largest > 0, largest.isFinite else { return largest }
    // By a power of two, so that no square leaves the range of Double.
    let unit = Double(sign: .plus, exponent: min(-largest.exponent, 1023), significand: 1)
    var squares = 0.0
    for index in 0..<line.count {
      let value = unit * first[index * line.stride].wide
      squares += value * value
    }
    let length = squares.squareRoot()
    for index in 0..<line.count {
      first[index * line.stride] = Scalar(nearest: size * (unit * first[index * line.stride].wide / length))
    }
    return length / unit
  }

  /// Leaves the sign of the number of the greatest magnitude, the first of equals; returns that magnitude.
  private func keepLargest<Scalar: WeightScalar>(_ u: UnsafeMutablePointer<Scalar>, _ line: Line) -> Double {
    let first = u + line.start
    var best = 0
    for index in 0..<line.count where first[index * line.stride].magnitude > first[best * line.stride].magnitude {
      best = index
    }
    let largest = first[best * line.stride]
    for index in 0..<line.count { first[index * line.stride] = 0 }
    first[best * line.stride] = sign(largest)
    return largest.wide.magnitude
  }

  private func takeSigns<Scalar: WeightScalar>(_ u: UnsafeMutablePointer<Scalar>) -> Double {
    var sum = 0.0
    for place in 0..<count {
      sum += u[place].wide.magnitude
      u[place] = sign(u[place])
    }
    return sum
  }
}
