import DownhillBase
import DownhillKernels

extension Tape {
  /// The mean over the tokens of each sequence.
  /// - Parameter x: [batch, tokens, width].
  /// - Returns: [batch, width].
  public func tokenMean(_ x: Value) -> Value {
    let d = shape(of: x).dimensions
    let output = make([d[0], d[2]])
    append(TokenMean(x: x, output: output, batch: d[0], tokens: d[1], width: d[2]))
    return output
  }
}

struct TokenMean: Operation {
  let x, output: Value
  let batch, tokens, width: Int

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    memory.loop.forEachBlock(of: batch, atLeast: 1) { items, _ in
      for item in items {
        for column in 0..<width {
          var sum = 0.0
          for token in 0..<tokens { sum += Double(x[(item * tokens + token) * width + column]) }
          y[item * width + column] = Float(sum / Double(tokens))
        }
      }
    }
  }

  func backward(_ memory: Memory) {
    let (dx, dy, adds) = (memory.gradient(x), memory.gradient(output), memory.adds(to: x))
    let share = 1 / Float(tokens)
    memory.loop.forEachBlock(of: batch * tokens, atLeast: 64) { rows, _ in
      for row in rows {
        for column in 0..<width {
          let place = row * width + column
          dx[place] = (adds ? dx[place] : 0) + share * dy[row / tokens * width + column]
        }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    reference[output] = (0..<batch * width).map { place in
      (0..<tokens).reduce(0) { $0 + x[(place / width * tokens + $1) * width + place % width] } / Double(tokens)
    }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let dy = reference[gradient: output]
    reference.add(
      (0..<batch * tokens * width).map { dy[$0 / (tokens * width) * width + $0 % width] / Double(tokens) }, to: x)
  }
}
