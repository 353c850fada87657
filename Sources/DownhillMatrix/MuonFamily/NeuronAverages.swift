import Downhill
import DownhillBase

/// NorMuon's evening out of the rows of an orthogonal factor (or its columns), which leaves the length of the whole.
///
///     v ← β₂v + (1 − β₂)·mean of O² along the row
///     D = s·Ô·‖O‖/‖Ô‖,  Ô = O/(√v + ε)
struct NeuronAverages {
  let beta2, epsilon: Double

  /// Each of the rows, in place.
  /// - Parameters:
  ///   - o: rows × columns, row-major.
  ///   - v: One number a row.
  ///   - scale: s.
  func evenRows<Scalar: WeightScalar>(
    _ o: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, _ v: UnsafeMutablePointer<Scalar>, scale: Double
  ) {
    var (before, after) = (0.0, 0.0)
    for row in 0..<rows {
      let square = sumOfSquares(o + row * columns, columns)
      let factor = advance(v + row, square / Double(columns))
      before += square
      after += square * factor * factor
    }
    let common = scale * quotient(before.squareRoot(), after.squareRoot())
    for row in 0..<rows {
      let factor = common * factor(v[row])
      for place in row * columns..<(row + 1) * columns { o[place] = Scalar(nearest: factor * o[place].wide) }
    }
  }

  /// Each of the columns, in place.
  /// - Parameter sums: Room for one number a column.
  func evenColumns<Scalar: WeightScalar>(
    _ o: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, _ v: UnsafeMutablePointer<Scalar>, scale: Double,
    sums: UnsafeMutablePointer<Double>
  ) {
    sums.update(repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += o[row * columns + column].wide * o[row * columns + column].wide }
    }
    var (before, after) = (0.0, 0.0)
    for column in 0..<columns {
      let factor = advance(v + column, sums[column] / Double(rows))
      before += sums[column]
      after += sums[column] * factor * factor
      sums[column] = factor
    }
    let common = scale * quotient(before.squareRoot(), after.squareRoot())
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row * columns + column
        o[place] = Scalar(nearest: common * sums[column] * o[place].wide)
      }
    }
  }

  /// Takes a mean square into an average; returns what its row is multiplied by.
  private func advance<Scalar: WeightScalar>(_ v: UnsafeMutablePointer<Scalar>, _ meanSquare: Double) -> Double {
    v.pointee = Scalar(nearest: beta2 * v.pointee.wide + (1 - beta2) * meanSquare)
    return factor(v.pointee)
  }

  private func factor<Scalar: WeightScalar>(_ v: Scalar) -> Double { quotient(1, v.wide.squareRoot() + epsilon) }
}

/// ⟨A, B⟩ = Σ aᵢbᵢ, in Double.
func innerProduct<Scalar: WeightScalar>(
  _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ count: Int
) -> Double {
  let width = Scalar.Vector.laneCount
  var sum = LaneSum()
  var place = 0
  while place + width <= count {
    sum.add(Scalar.Vector(from: a + place), times: Scalar.Vector(from: b + place))
    place += width
  }
  while place < count {
    sum.add(a[place], times: b[place])
    place += 1
  }
  return sum.total
}

/// 2ᵏ that brings the largest number to between 1 and 2, so that squares neither overflow nor vanish; 1 for zeros.
func powerOfTwo<Scalar: WeightScalar>(_ values: UnsafePointer<Scalar>, _ count: Int) -> Double {
  var largest = 0.0
  for place in 0..<count { largest = max(largest, values[place].wide.magnitude) }
  guard largest > 0, largest.isFinite else { return 1 }
  return Double(sign: .plus, exponent: min(-largest.exponent, 1023), significand: 1)
}
