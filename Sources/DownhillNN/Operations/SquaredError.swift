import DownhillBase
import DownhillKernels

extension Tape {
  /// The mean of (prediction − target)² over all numbers.
  /// - Returns: One number.
  public func squaredError(_ predictions: Value, _ targets: Value) -> Value {
    precondition(shape(of: predictions).count == shape(of: targets).count, "as many targets as predictions")
    let output = make([])
    append(
      SquaredError(
        predictions: predictions, targets: targets, output: output, count: shape(of: predictions).count))
    return output
  }
}

struct SquaredError: Operation {
  let predictions, targets, output: Value
  let count: Int

  var inputs: [Value] { [predictions] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [predictions, targets] }

  func forward(_ memory: Memory) {
    let (y, t) = (memory(predictions), memory(targets))
    var sum = 0.0
    for place in 0..<count {
      let d = Double(y[place]) - Double(t[place])
      sum += d * d
    }
    memory(output).pointee = Float(sum / Double(max(count, 1)))
  }

  func backward(_ memory: Memory) {
    let (y, t, dy) = (memory(predictions), memory(targets), memory.gradient(predictions))
    let (scale, adds) = (2 * memory.gradient(output).pointee / Float(max(count, 1)), memory.adds(to: predictions))
    for place in 0..<count { dy[place] = (adds ? dy[place] : 0) + scale * (y[place] - t[place]) }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let differences = zip(reference[predictions], reference[targets]).map { $0 - $1 }
    reference[output] = [differences.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))]
  }

  func backward(_ reference: inout ReferenceMemory) {
    let scale = 2 * reference[gradient: output][0] / Double(max(count, 1))
    reference.add(zip(reference[predictions], reference[targets]).map { scale * ($0 - $1) }, to: predictions)
  }
}
