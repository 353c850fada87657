public import DownhillBase

/// What is done at every place of a chunk, written once for a register of numbers and for a single one.
///
/// A struct and not a closure: the compiler keeps its constants in registers over the whole loop.
@usableFromInline
protocol LaneOperation<Scalar> {
  associatedtype Scalar: LaneScalar

  mutating func run<L: Lane>(_: L.Type, at place: Int) where L.Scalar == Scalar
}

extension LaneOperation {
  /// Registers as long as a whole one fits, then the rest one by one.
  @inlinable @inline(__always)
  mutating func run(below count: Int) {
    let width = Scalar.Vector.laneCount
    var place = 0
    while place + width <= count {
      run(Scalar.Vector.self, at: place)
      place += width
    }
    while place < count {
      run(Scalar.self, at: place)
      place += 1
    }
  }
}

/// Numbers summed in Double, sixteen places at a time: enough digits and range for any norm of Float data.
public struct LaneSum {
  @usableFromInline var places = SIMD16<Double>(repeating: 0)

  @inlinable
  public init() {}

  /// Adds x².
  @inlinable @inline(__always)
  public mutating func add<L: Lane>(squareOf x: L) { x.addSquares(to: &places) }
  /// Adds ab.
  @inlinable @inline(__always)
  public mutating func add<L: Lane>(_ a: L, times b: L) { a.addProducts(with: b, to: &places) }
  /// Adds |x|.
  @inlinable @inline(__always)
  public mutating func add<L: Lane>(magnitudeOf x: L) { magnitude(x).addProducts(with: L(1.0), to: &places) }

  /// The sum, places taken from the first to the last.
  @inlinable
  public var total: Double { places.lowHalf.total + places.highHalf.total }
}

/// The sum of the squares of a chunk.
///
/// Two registers at a time, each with a sum of its own: one sum would wait for its last addition.
@inlinable @inline(__always)
package func sumOfSquares<Scalar: LaneScalar>(_ values: UnsafePointer<Scalar>, _ count: Int) -> Double {
  let width = Scalar.Vector.laneCount
  var (even, odd) = (LaneSum(), LaneSum())
  var place = 0
  while place + 2 * width <= count {
    even.add(squareOf: Scalar.Vector(from: values + place))
    odd.add(squareOf: Scalar.Vector(from: values + place + width))
    place += 2 * width
  }
  while place < count {
    even.add(squareOf: values[place])
    place += 1
  }
  return even.total + odd.total
}
