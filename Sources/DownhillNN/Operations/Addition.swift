import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// a + b, of one shape: a residual connection.
  public func add(_ a: Value, _ b: Value) -> Value {
    precondition(shape(of: a) == shape(of: b), "\(shape(of: a)) and \(shape(of: b)) cannot be added")
    let (a, b) = layout(of: a) == layout(of: b) ? (a, b) : (plain(a), plain(b))
    let output = make(shape(of: a), layout(of: a))
    append(Addition(a: a, b: b, output: output, count: storedCount(of: a)))
    return output
  }
}

struct Addition: Operation {
  let a, b, output: Value
  let count: Int

  var inputs: [Value] { [a, b] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) {
    let (a, b, y) = (memory(a), memory(b), memory(output))
    memory.loop.forEachBlock(of: count, atLeast: 8192) { range, _ in
      let start = range.lowerBound
      dh_add(a + start, b + start, y + start, range.count)
    }
  }

  func backward(_ memory: Memory) {
    let dy = memory.gradient(output)
    for (place, input) in [a, b].enumerated() where memory.wantsGradient(input) {
      let dx = memory.gradient(input)
      // What is added to itself was set a moment ago.
      let isSecond = place == 1 && memory.wantsGradient(a) && memory.gradient(a) == dx
      let adds = memory.adds(to: input) || isSecond
      guard dx != dy else { continue }
      memory.loop.forEachBlock(of: count, atLeast: 8192) { range, _ in
        let start = range.lowerBound
        if adds {
          dh_accumulate(dx + start, dy + start, 1, range.count)
        } else {
          (dx + start).update(from: dy + start, count: range.count)
        }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    reference[output] = zip(reference[a], reference[b]).map { $0 + $1 }
  }

  func backward(_ reference: inout ReferenceMemory) {
    reference.add(reference[gradient: output], to: a)
    reference.add(reference[gradient: output], to: b)
  }
}
