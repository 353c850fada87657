import Downhill
import DownhillBase

/// One matrix of a stack, laid on its long side and brought to norm 1 in memory of its own, and put back: what every
/// orthogonaliser in plain Swift has around it.
struct PackedMatrix {
  /// The short and the long side.
  let rows, columns: Int
  private let rowStride, columnStride: Int

  init(of stack: MatrixStack) {
    let lying = stack.lying
    (rows, columns) = (lying.rows, lying.columns)
    (rowStride, columnStride) = (lying.rowStride, lying.columnStride)
  }

  /// X = U · 2ᵏ, lying, whose largest number is between 1 and 2: its squares neither overflow nor vanish, and no digit is
  /// lost.
  /// - Returns: 2ᵏ; nil, with X left alone, where U is zero.
  func load<Scalar: WeightScalar, Number: WeightScalar>(
    _ u: UnsafePointer<Scalar>, into x: UnsafeMutablePointer<Number>
  ) -> Double? {
    var largest = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        let size = u[row * rowStride + column * columnStride].wide.magnitude
        // Not `max`, which forgets what is not a number.
        if !(size <= largest) { largest = size }
      }
    }
    if largest == 0 { return nil }
    // 2¹⁰²³ is the largest power there is.
    let unit = largest.isFinite ? Double(sign: .plus, exponent: min(-largest.exponent, 1023), significand: 1) : .nan
    for row in 0..<rows {
      for column in 0..<columns {
        x[row * columns + column] = Number(nearest: u[row * rowStride + column * columnStride].wide * unit)
      }
    }
    return unit
  }

  /// X ← X / (safety · max(‖X‖, least norm)).
  func normalize<Number: WeightScalar>(_ x: UnsafeMutablePointer<Number>, leastNorm: Double, safety: Double) {
    var squares = 0.0
    for row in 0..<rows { squares += sumOfSquares(x + row * columns, columns) }
    let norm = Number(nearest: safety * max(squares.squareRoot(), leastNorm))
    for place in 0..<rows * columns { x[place] /= norm }
  }

  /// U = scale · X, as it stood.
  func store<Scalar: WeightScalar, Number: WeightScalar>(
    _ x: UnsafePointer<Number>, into u: UnsafeMutablePointer<Scalar>, scale: Double
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        u[row * rowStride + column * columnStride] = Scalar(nearest: scale * x[row * columns + column].wide)
      }
    }
  }

  /// U = 0.
  func clear<Scalar: WeightScalar>(_ u: UnsafeMutablePointer<Scalar>) {
    for row in 0..<rows {
      for column in 0..<columns { u[row * rowStride + column * columnStride] = Scalar(nearest: 0) }
    }
  }
}
