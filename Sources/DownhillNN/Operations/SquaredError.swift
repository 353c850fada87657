import DownhillBase
import DownhillKernels

extension Tape {
  /// The mean of weight · (prediction − target)² over all numbers.
  /// - Parameters:
  ///   - predictions: [items, …].
  ///   - targets: As many numbers.
  ///   - weights: What each item counts; 1 where nil.
  /// - Returns: One number.
  public func squaredError(_ predictions: Value, _ targets: Value, weights: Value? = nil) -> Value {
    precondition(shape(of: predictions).count == shape(of: targets).count, "as many targets as predictions")
    let (count, output) = (shape(of: predictions).count, make([]))
    let items = weights.map { shape(of: $0).count } ?? max(count, 1)
    precondition(items > 0 && count % items == 0, "\(items) weights for \(count) numbers")
    append(
      SquaredError(
        predictions: predictions, targets: targets, weights: weights, output: output, count: count,
        numbersPerItem: max(count / items, 1)))
    return output
  }
}

struct SquaredError: Operation {
  let predictions, targets: Value
  let weights: Value?
  let output: Value
  let count, numbersPerItem: Int

  var inputs: [Value] { [predictions] + (weights.map { [$0] } ?? []) }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [predictions, targets] }

  func forward(_ memory: Memory) {
    let (y, t, weights) = (memory(predictions), memory(targets), weights.map { memory($0) })
    var sum = 0.0
    for place in 0..<count {
      let d = Double(y[place]) - Double(t[place])
      sum += d * d * Double(weights?[place / numbersPerItem] ?? 1)
    }
    memory(output).pointee = Float(sum / Double(max(count, 1)))
  }

  func backward(_ memory: Memory) {
    let (y, t, dy) = (memory(predictions), memory(targets), memory.gradient(predictions))
    let (scale, adds) = (2 * memory.gradient(output).pointee / Float(max(count, 1)), memory.adds(to: predictions))
    let weights = weights.map { memory($0) }
    for place in 0..<count {
      let weight = weights?[place / numbersPerItem] ?? 1
      dy[place] = (adds ? dy[place] : 0) + scale * weight * (y[place] - t[place])
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let differences = zip(reference[predictions], reference[targets]).map { $0 - $1 }
    let weights = weights.map { reference[$0] }
    let sum = differences.indices.reduce(0) { sum, place in
      sum + differences[place] * differences[place] * (weights?[place / numbersPerItem] ?? 1)
    }
    reference[output] = [sum / Double(max(count, 1))]
  }

  func backward(_ reference: inout ReferenceMemory) {
    let scale = 2 * reference[gradient: output][0] / Double(max(count, 1))
    let (y, t, weights) = (reference[predictions], reference[targets], weights.map { reference[$0] })
    let gradient = y.indices.map { scale * (weights?[$0 / numbersPerItem] ?? 1) * (y[$0] - t[$0]) }
    reference.add(gradient, to: predictions)
  }
}
