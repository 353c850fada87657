import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// f(x), number by number.
  public func activation(_ x: Value, _ kind: ActivationKind) -> Value {
    let output = make(shape(of: x), layout(of: x))
    append(Activation(x: x, output: output, kind: kind, count: storedCount(of: x)))
    return output
  }
}

struct Activation: Operation {
  let x, output: Value
  let kind: ActivationKind
  let count: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [x] }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    memory.loop.forEachBlock(of: count, atLeast: 4096) { range, _ in
      dh_activate(kind.kernel, x + range.lowerBound, y + range.lowerBound, range.count)
    }
  }

  func backward(_ memory: Memory) {
    let (values, dy, dx, adds) = (memory(x), memory.gradient(output), memory.gradient(x), memory.adds(to: x))
    memory.loop.forEachBlock(of: count, atLeast: 4096) { range, _ in
      let start = range.lowerBound
      dh_activate_backward(kind.kernel, values + start, dy + start, dx + start, range.count, adds ? 1 : 0)
    }
  }

  func forward(_ reference: inout ReferenceMemory) { reference[output] = reference[x].map { kind.value($0) } }

  func backward(_ reference: inout ReferenceMemory) {
    reference.add(zip(reference[x], reference[gradient: output]).map { kind.slope($0) * $1 }, to: x)
  }
}
