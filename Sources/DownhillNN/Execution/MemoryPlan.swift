import DownhillBase

/// Which memory each value and each gradient gets: those that never live at once may share it.
///
/// The passes are a line of time: operation i of n runs at i forward, and at 2n − 1 − i backward.
struct MemoryPlan {
  /// Where a buffer begins in the arena, in floats, by value; nil for what has memory of its own.
  private(set) var values: [Int?]
  private(set) var gradients: [Int?]
  /// The operation that writes a value's gradient first; −1 where none does.
  private(set) var firstWriters: [Int]
  /// The length of the arena in floats.
  private(set) var count = 0

  private struct Buffer {
    var first: Int
    var last: Int
    let count: Int
    var start = 0
  }

  /// - Parameters:
  ///   - tape: What runs.
  ///   - loss: What is differentiated; nil for a forward pass alone.
  ///   - results: What must still be there when all is done.
  init(_ tape: Tape, loss: Value?, results: [Value]) {
    let (operations, total) = (tape.operations, tape.values.count)
    values = Array(repeating: nil, count: total)
    gradients = values
    firstWriters = Array(repeating: -1, count: total)
    var valueBuffers = [Buffer?](repeating: nil, count: total)
    var gradientBuffers = valueBuffers
    let wanted = loss.map { Self.wanted(tape, loss: $0) } ?? []
    let end = 2 * operations.count
    for (place, operation) in operations.enumerated() {
      for value in operation.outputs {
        valueBuffers[value.index] = Buffer(first: place, last: place, count: tape.storedCount(of: value))
      }
      for value in operation.inputs { valueBuffers[tape.base(of: value).index]?.last = place }
    }
    for value in results { valueBuffers[tape.base(of: value).index]?.last = end }
    if loss != nil {
      for (place, operation) in operations.enumerated().reversed() {
        let time = end - 1 - place
        guard operation.outputs.contains(where: { wanted.contains(tape.base(of: $0).index) }) else { continue }
        for value in operation.readsBackward + operation.overwritesBackward {
          let base = tape.base(of: value).index
          let last = valueBuffers[base]?.last ?? 0
          valueBuffers[base]?.last = max(last, time)
        }
        for value in operation.outputs { gradientBuffers[value.index]?.last = time }
        for value in operation.inputs {
          let base = tape.base(of: value)
          guard wanted.contains(base.index) else { continue }
          if firstWriters[base.index] < 0 { firstWriters[base.index] = place }
          guard gradientBuffers[base.index] == nil else { continue }
          gradientBuffers[base.index] = Buffer(first: time, last: time, count: tape.storedCount(of: base))
        }
      }
      // The loss's own gradient is set before the backward pass.
      if let loss { gradientBuffers[loss.index] = Buffer(first: operations.count - 1, last: end, count: 1) }
    }
    place(tape, valueBuffers, gradientBuffers)
    for index in 0..<total {
      if let base = tape.values[index].base { firstWriters[index] = firstWriters[base.index] }
    }
  }

  /// The values between the parameters and the loss, both among them.
  private static func wanted(_ tape: Tape, loss: Value) -> Set<Int> {
    var movable = Set<Int>()
    for (index, value) in tape.values.enumerated() {
      if case .parameter = value.kind, value.base == nil { movable.insert(index) }
    }
    for operation in tape.operations
    where operation.inputs.contains(where: { movable.contains(tape.base(of: $0).index) }) {
      for value in operation.outputs { movable.insert(value.index) }
    }
    var needed: Set<Int> = [loss.index]
    for operation in tape.operations.reversed()
    where operation.outputs.contains(where: { needed.contains($0.index) }) {
      for value in operation.inputs { needed.insert(tape.base(of: value).index) }
    }
    return movable.intersection(needed)
  }

  /// The longest first, each as low as those allow that live at the same time.
  private mutating func place(_ tape: Tape, _ valueBuffers: [Buffer?], _ gradientBuffers: [Buffer?]) {
    var buffers = [(isGradient: Bool, index: Int, buffer: Buffer)]()
    for index in tape.values.indices {
      if let buffer = valueBuffers[index] { buffers.append((false, index, buffer)) }
      // A parameter's gradient has memory of its own.
      if let buffer = gradientBuffers[index], case .computed = tape.values[index].kind {
        buffers.append((true, index, buffer))
      }
    }
    buffers.sort { ($0.buffer.count, $1.index) > ($1.buffer.count, $0.index) }
    var placed = [Buffer]()
    for entry in buffers {
      var buffer = entry.buffer
      let neighbours = placed.filter { $0.first <= buffer.last && buffer.first <= $0.last }
        .sorted { $0.start < $1.start }
      for other in neighbours where other.start < buffer.start + padded(buffer.count) {
        buffer.start = max(buffer.start, other.start + padded(other.count))
      }
      placed.append(buffer)
      count = max(count, buffer.start + padded(buffer.count))
      if entry.isGradient { gradients[entry.index] = buffer.start } else { values[entry.index] = buffer.start }
    }
  }
}
