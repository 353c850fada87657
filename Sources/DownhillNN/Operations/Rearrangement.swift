import DownhillBase
import DownhillKernels

extension Tape {
  /// The last two axes in exchange.
  /// - Parameter x: […, m, n].
  /// - Returns: […, n, m].
  public func transposed(_ x: Value) -> Value {
    let x = plain(x)
    let d = shape(of: x).dimensions
    let (m, n) = (d[d.count - 2], d[d.count - 1])
    return rearranged(x, Shape(d.dropLast(2) + [n, m])) { place in
      let (item, row, column) = (place / (m * n), place / m % n, place % m)
      return (item * m + column) * n + row
    }
  }

  /// Images cut into squares, each a row of numbers: what a convolution with that stride multiplies its weights with.
  /// - Parameters:
  ///   - x: [batch, channels, rows, columns].
  ///   - patch: The side of a square; divides rows and columns.
  /// - Returns: [batch, patches row by row, channels · patch · patch].
  public func patches(_ x: Value, _ patch: Int) -> Value {
    let x = plain(x)
    let d = shape(of: x).dimensions
    let (channels, rows, columns) = (d[1], d[2] / patch, d[3] / patch)
    precondition(rows * patch == d[2] && columns * patch == d[3], "patches of \(patch) do not divide \(d)")
    let width = channels * patch * patch
    return rearranged(x, [d[0], rows * columns, width]) { place in
      let (item, square, number) = (place / (rows * columns * width), place / width % (rows * columns), place % width)
      let row = square / columns * patch + number / patch % patch
      let column = square % columns * patch + number % patch
      return ((item * channels + number / (patch * patch)) * d[2] + row) * d[3] + column
    }
  }

  /// One token of each sequence.
  /// - Parameters:
  ///   - x: [batch, tokens, width].
  ///   - token: Its place.
  /// - Returns: [batch, width].
  public func token(_ token: Int, of x: Value) -> Value {
    let d = shape(of: x).dimensions
    return rearranged(x, [d[0], d[2]]) { place in (place / d[2] * d[1] + token) * d[2] + place % d[2] }
  }

  /// The same numbers again for every item of a batch.
  /// - Parameters:
  ///   - x: [1, …] or […].
  ///   - batch: How many times.
  /// - Returns: [batch, …].
  public func repeated(_ x: Value, _ batch: Int) -> Value {
    let d = shape(of: x).dimensions
    let count = shape(of: x).count
    return rearranged(x, Shape([batch] + (d.first == 1 ? d.dropFirst() : d[...]))) { $0 % count }
  }

  private func rearranged(_ x: Value, _ shape: Shape, _ source: (Int) -> Int) -> Value {
    let x = plain(x)
    let output = make(shape)
    append(Rearrangement(x: x, output: output, sources: (0..<shape.count).map { Int32(source($0)) }))
    return output
  }
}

/// Numbers in another order; some may come several times, or not at all.
struct Rearrangement: Operation {
  let x, output: Value
  /// Where each number of the output comes from.
  let sources: [Int32]

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) {
    let (x, y) = (memory(x), memory(output))
    sources.withUnsafeBufferPointer { sources in
      memory.loop.forEachBlock(of: sources.count, atLeast: 8192) { range, _ in
        for place in range { y[place] = x[Int(sources[place])] }
      }
    }
  }

  func backward(_ memory: Memory) {
    let (dx, dy) = (memory.gradient(x), memory.gradient(output))
    if !memory.adds(to: x) { dx.update(repeating: 0, count: memory.count(of: x)) }
    // On one thread: two of them might add to one number.
    sources.withUnsafeBufferPointer { sources in
      for place in sources.indices { dx[Int(sources[place])] += dy[place] }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    reference[output] = sources.map { x[Int($0)] }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let dy = reference[gradient: output]
    var dx = [Double](repeating: 0, count: reference[x].count)
    for (place, source) in sources.enumerated() { dx[Int(source)] += dy[place] }
    reference.add(dx, to: x)
  }
}
