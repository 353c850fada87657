import Downhill
import DownhillBase

/// The sum of squares, in Double.
func sumOfSquares<Scalar: WeightScalar>(_ values: UnsafePointer<Scalar>, _ count: Int) -> Double {
  let width = Scalar.Vector.laneCount
  var sum = LaneSum()
  var place = 0
  while place + width <= count {
    sum.add(squareOf: Scalar.Vector(from: values + place))
    place += width
  }
  while place < count {
    sum.add(squareOf: values[place])
    place += 1
  }
  return sum.total
}

/// a/b, and 0 where nothing is divided by.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
