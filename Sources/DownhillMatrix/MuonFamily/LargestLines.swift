import Downhill
public import DownhillBase

/// By which norm lines of a matrix are chosen.
public enum LineNorm: KnobChoice, BitwiseCopyable {
  /// The sum of magnitudes.
  case l1
  /// The root of the sum of squares.
  case l2

  public var knobName: StaticString {
    switch self {
    case .l1: "l1"
    case .l2: "l2"
    }
  }
}

/// The lines of a matrix (rows, or columns) that a step of Dion2 takes: those of the largest norm.
struct LargestLines {
  /// How many lines there are, and how many numbers in each.
  let count, length: Int
  /// From one line to the next, and from one number of a line to the next.
  let lineStride, stride: Int
  /// How many are chosen, at most.
  let chosenCount: Int
  private let norm: LineNorm

  init(rows: Int, columns: Int, areRows: Bool, fraction: Double, by norm: LineNorm) {
    (count, length) = areRows ? (rows, columns) : (columns, rows)
    (lineStride, stride) = areRows ? (columns, 1) : (1, columns)
    chosenCount = count == 0 ? 0 : min(count, max(1, Int((fraction * Double(count)).rounded(.up))))
    self.norm = norm
  }

  /// Writes the places of the chosen lines, rising; of equal norms the first. A line that holds what is not a number is
  /// among the largest.
  /// - Parameters:
  ///   - matrix: All of it, row-major.
  ///   - chosen: Room for `chosenCount` numbers.
  ///   - sizes: Room for two numbers a line.
  /// - Returns: How many.
  func choose<Scalar: WeightScalar>(
    of matrix: UnsafePointer<Scalar>, into chosen: UnsafeMutablePointer<Int>, sizes: UnsafeMutablePointer<Double>
  ) -> Int {
    for line in 0..<count {
      var sum = 0.0
      for place in 0..<length {
        let value = matrix[line * lineStride + place * stride].wide
        sum += norm == .l1 ? value.magnitude : value * value
      }
      sizes[line] = sum.isNaN ? .infinity : sum
    }
    let sorted = sizes + count
    sorted.update(from: sizes, count: count)
    sortFalling(sorted, count)
    let least = sorted[chosenCount - 1]
    var equals = 0
    for place in 0..<chosenCount where sorted[place] == least { equals += 1 }
    var found = 0
    for line in 0..<count {
      if sizes[line] == least {
        if equals == 0 { continue }
        equals -= 1
      } else if sizes[line] < least {
        continue
      }
      chosen[found] = line
      found += 1
    }
    return found
  }

  /// The chosen lines one behind the other.
  func gather<Scalar: WeightScalar>(
    _ matrix: UnsafePointer<Scalar>, _ chosen: UnsafePointer<Int>, _ chosenCount: Int,
    into lines: UnsafeMutablePointer<Scalar>
  ) {
    for index in 0..<chosenCount {
      let source = matrix + chosen[index] * lineStride
      for place in 0..<length { lines[index * length + place] = source[place * stride] }
    }
  }

  /// And back to where they were.
  func scatter<Scalar: WeightScalar>(
    _ lines: UnsafePointer<Scalar>, _ chosen: UnsafePointer<Int>, _ chosenCount: Int,
    into matrix: UnsafeMutablePointer<Scalar>
  ) {
    for index in 0..<chosenCount {
      let target = matrix + chosen[index] * lineStride
      for place in 0..<length { target[place * stride] = lines[index * length + place] }
    }
  }

  /// The chosen lines of a matrix times a factor.
  func scale<Scalar: WeightScalar>(
    _ matrix: UnsafeMutablePointer<Scalar>, _ chosen: UnsafePointer<Int>, _ chosenCount: Int, by factor: Double
  ) {
    let factor = Scalar(nearest: factor)
    for index in 0..<chosenCount {
      let line = matrix + chosen[index] * lineStride
      for place in 0..<length { line[place * stride] *= factor }
    }
  }
}

/// Heapsort, since it takes no memory: the library's own sort does.
private func sortFalling(_ values: UnsafeMutablePointer<Double>, _ count: Int) {
  // A heap whose least number is at the front.
  func sift(_ root: Int, _ end: Int) {
    var root = root
    while 2 * root + 1 < end {
      var child = 2 * root + 1
      if child + 1 < end, values[child + 1] < values[child] { child += 1 }
      if values[root] <= values[child] { return }
      exchange(root, child)
      root = child
    }
  }
  func exchange(_ a: Int, _ b: Int) { (values[a], values[b]) = (values[b], values[a]) }
  var root = count / 2
  while root > 0 {
    root -= 1
    sift(root, count)
  }
  var end = count
  while end > 1 {
    end -= 1
    exchange(0, end)
    sift(0, end)
  }
}
