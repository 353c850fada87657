import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// e^x / Σ e^x along the last axis.
  public func softmax(_ x: Value) -> Value {
    let x = plain(x)
    let width = shape(of: x).dimensions.last ?? 1
    let output = make(shape(of: x))
    append(Softmax(x: x, output: output, rows: shape(of: x).count / max(width, 1), width: width))
    return output
  }
}

struct Softmax: Operation {
  let x, output: Value
  let rows, width: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [output] }

  private func forEachRow(_ memory: Memory, _ body: (_ start: Int) -> Void) {
    memory.loop.forEachBlock(of: rows, atLeast: max(2048 / max(width, 1), 1)) { range, _ in
      for row in range { body(row * width) }
    }
  }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    forEachRow(memory) { start in
      (y + start).update(from: x + start, count: width)
      dh_softmax(y + start, nil, nil, width)
    }
  }

  func backward(_ memory: Memory) {
    let (y, dy, dx, adds) = (memory(output), memory.gradient(output), memory.gradient(x), memory.adds(to: x))
    forEachRow(memory) { start in
      // Nobody reads the output's gradient after: it becomes what is added.
      dh_softmax_backward(y + start, dy + start, dh_dot(y + start, dy + start, width), 1, width)
      if adds {
        dh_accumulate(dx + start, dy + start, 1, width)
      } else {
        (dx + start).update(from: dy + start, count: width)
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    var y = x
    for row in 0..<rows {
      let places = row * width..<(row + 1) * width
      let most = x[places].max() ?? 0
      for place in places { y[place] = Elementary.exp(x[place] - most) }
      let sum = y[places].reduce(0, +)
      for place in places { y[place] /= sum }
    }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (y, dy) = (reference[output], reference[gradient: output])
    var dx = y
    for row in 0..<rows {
      let places = row * width..<(row + 1) * width
      let mean = places.reduce(0) { $0 + y[$1] * dy[$1] }
      for place in places { dx[place] = y[place] * (dy[place] - mean) }
    }
    reference.add(dx, to: x)
  }
}
