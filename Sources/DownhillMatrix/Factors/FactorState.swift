import Downhill
import DownhillBase

/// The shape of a square factor of one side; nil where the side is too long for one, or the tensor empty.
func factorShape(_ length: Int, of weights: Shape, maximum: Int) -> Shape? {
  weights.count > 0 && length <= maximum ? [length, length] : nil
}

/// a ← keeping·a + (1 − keeping)·x.
func average<Scalar: WeightScalar>(
  _ x: UnsafePointer<Scalar>, into a: UnsafeMutablePointer<Scalar>, _ count: Int, keeping: Double
) {
  let (kept, fresh) = (Scalar(nearest: keeping), Scalar(nearest: 1 - keeping))
  for place in 0..<count { a[place] = kept * a[place] + fresh * x[place] }
}

/// a ← keeping·a + (1 − keeping)·x².
func averageSquares<Scalar: WeightScalar>(
  of x: UnsafePointer<Scalar>, into a: UnsafeMutablePointer<Scalar>, _ count: Int, keeping: Double
) {
  let (kept, fresh) = (Scalar(nearest: keeping), Scalar(nearest: 1 - keeping))
  for place in 0..<count { a[place] = kept * a[place] + fresh * (x[place] * x[place]) }
}

extension Knob where Owner: Rule {
  /// `precondition-frequency`.
  static func preconditionFrequency(
    _ help: StaticString, _ read: @escaping @Sendable (Owner) -> Int,
    _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer("precondition-frequency", in: KnobRange(1, 1_000_000), unit: "steps", help, read, write)
  }

  /// `max-precondition-dim`.
  static func maximumDimension(
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    .integer(
      "max-precondition-dim", in: KnobRange(0, 65_536), "The longest side that has a factor; a longer one has none.",
      read, write)
  }
}

/// ‖x‖.
func norm<Scalar: WeightScalar>(_ x: UnsafePointer<Scalar>, _ count: Int) -> Double {
  sumOfSquares(x, count).squareRoot()
}
