import DownhillBase
import DownhillKernels

extension Tape {
  /// Values side by side along an axis; all their other lengths are the same.
  /// - Parameters:
  ///   - parts: At least one.
  ///   - axis: Counted from the first; from the last where it is negative.
  public func concatenation(_ parts: [Value], axis: Int) -> Value {
    let parts = parts.map { plain($0) }
    var dimensions = shape(of: parts[0]).dimensions
    let axis = axis < 0 ? dimensions.count + axis : axis
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    let outer = dimensions[..<axis].reduce(1, *)
    let lengths = parts.map { shape(of: $0).dimensions[axis] * inner }
    precondition(
      zip(parts, lengths).allSatisfy { shape(of: $0).count == outer * $1 },
      "parts differ along another axis than \(axis)")
    dimensions[axis] = parts.reduce(0) { $0 + shape(of: $1).dimensions[axis] }
    let output = make(Shape(dimensions))
    append(Concatenation(parts: parts, output: output, lengths: lengths, rows: outer))
    return output
  }
}

struct Concatenation: Operation {
  let parts: [Value]
  let output: Value
  /// How many numbers of each part are together in a row of the output.
  let lengths: [Int]
  let rows: Int

  var inputs: [Value] { parts }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  private var total: Int { lengths.reduce(0, +) }

  /// Calls `body` for each stretch that a part has in the output.
  private func forEachStretch(_ body: (_ part: Int, _ start: Int, _ outputStart: Int) -> Void) {
    var place = 0
    for row in 0..<rows {
      for (part, length) in lengths.enumerated() {
        body(part, row * length, place)
        place += length
      }
    }
  }

  func forward(_ memory: Memory) {
    let y = memory(output)
    forEachStretch { part, start, place in
      (y + place).update(from: memory(parts[part]) + start, count: lengths[part])
    }
  }

  func backward(_ memory: Memory) {
    let dy = memory.gradient(output)
    // A value that comes twice is set once and added to after.
    for (part, value) in parts.enumerated() where memory.wantsGradient(value) {
      let (dx, adds) = (memory.gradient(value), memory.adds(to: value) || parts[..<part].contains(value))
      forEachStretch { other, start, place in
        guard other == part else { return }
        for i in 0..<lengths[part] { dx[start + i] = (adds ? dx[start + i] : 0) + dy[place + i] }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    var y = [Double]()
    forEachStretch { part, start, _ in y += reference[parts[part]][start..<start + lengths[part]] }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let dy = reference[gradient: output]
    var gradients = lengths.map { [Double](repeating: 0, count: $0 * rows) }
    forEachStretch { part, start, place in
      for i in 0..<lengths[part] { gradients[part][start + i] = dy[place + i] }
    }
    for (part, gradient) in zip(parts, gradients) { reference.add(gradient, to: part) }
  }
}
