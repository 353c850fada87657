import DownhillBase
import DownhillKernels

extension Tape {
  /// In training each number becomes 0 with a probability, and the others grow so that the mean stays. Srivastava et al.
  /// 2014. What drops follows from seed, step and place: a step that is taken again drops the same.
  public func dropout(_ x: Value, probability: Double, seed: UInt64) -> Value {
    guard probability > 0 else { return x }
    let x = plain(x)
    let output = make(shape(of: x))
    append(
      Dropout(
        x: x, output: output, probability: probability, seed: seed, stream: UInt64(operationCount),
        count: shape(of: x).count))
    return output
  }
}

struct Dropout: Operation {
  let x, output: Value
  let probability: Double
  let seed, stream: UInt64
  let count: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  /// The factor of a number.
  private func factor(_ place: Int, _ step: UInt64) -> Double {
    let random = CounterRandom(seed: seed, stream: stream << 40 | step)
    return random.uniform(at: UInt64(place)) < probability ? 0 : 1 / (1 - probability)
  }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    memory.loop.forEachBlock(of: count, atLeast: 1024) { range, _ in
      for place in range { y[place] = memory.isTraining ? x[place] * Float(factor(place, memory.step)) : x[place] }
    }
  }

  func backward(_ memory: Memory) {
    let (dy, dx, adds) = (memory.gradient(output), memory.gradient(x), memory.adds(to: x))
    memory.loop.forEachBlock(of: count, atLeast: 1024) { range, _ in
      for place in range { dx[place] = (adds ? dx[place] : 0) + dy[place] * Float(factor(place, memory.step)) }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (isTraining, step) = (reference.isTraining, reference.step)
    reference[output] = reference[x].enumerated().map { isTraining ? $1 * factor($0, step) : $1 }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let step = reference.step
    reference.add(reference[gradient: output].enumerated().map { $1 * factor($0, step) }, to: x)
  }
}
