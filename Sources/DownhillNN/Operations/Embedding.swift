import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// Rows of a table, by index; plus the row of the position, where positions have a table too.
  /// - Parameters:
  ///   - tokens: [batch, length], each in 0..<vocabulary.
  ///   - table: [vocabulary, width].
  ///   - positions: [at least length, width].
  /// - Returns: [batch, length, width].
  public func embedding(_ tokens: Value, _ table: Value, positions: Value? = nil) -> Value {
    let width = shape(of: table).columns
    let output = make(Shape(shape(of: tokens).dimensions + [width]))
    append(
      Embedding(
        tokens: tokens, table: table, positions: positions, output: output, rows: shape(of: tokens).count,
        length: shape(of: tokens).dimensions.last ?? 1, width: width, vocabulary: shape(of: table).rows))
    return output
  }
}

struct Embedding: Operation {
  let tokens, table: Value
  let positions: Value?
  let output: Value
  let rows, length, width, vocabulary: Int

  var inputs: [Value] { [table] + (positions.map { [$0] } ?? []) }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [] }

  func forward(_ memory: Memory) {
    let (tokens, table, y) = (memory.whole(tokens), memory(table), memory(output))
    let positions = positions.map { memory($0) }
    memory.loop.forEachBlock(of: rows, atLeast: 32) { rows, _ in
      for row in rows {
        let source = table + Int(tokens[row]) * width
        if let positions {
          dh_add(source, positions + row % length * width, y + row * width, width)
        } else {
          (y + row * width).update(from: source, count: width)
        }
      }
    }
  }

  func backward(_ memory: Memory) {
    let (tokens, dy) = (memory.whole(tokens), memory.gradient(output))
    // By columns, so that a token's sum has one order whoever takes part.
    if memory.wantsGradient(table) {
      let (target, adds) = (memory.gradient(table), memory.adds(to: table))
      memory.loop.forEachBlock(of: width, atLeast: 16) { columns, _ in
        let (first, count) = (columns.lowerBound, columns.count)
        if !adds { for token in 0..<vocabulary { (target + token * width + first).update(repeating: 0, count: count) } }
        for row in 0..<rows {
          dh_accumulate(target + Int(tokens[row]) * width + first, dy + row * width + first, 1, count)
        }
      }
    }
    guard let positions, memory.wantsGradient(positions) else { return }
    let (target, adds) = (memory.gradient(positions), memory.adds(to: positions))
    let known = memory.count(of: positions) / width
    memory.loop.forEachBlock(of: width, atLeast: 16) { columns, _ in
      let (first, count) = (columns.lowerBound, columns.count)
      if !adds { for place in 0..<known { (target + place * width + first).update(repeating: 0, count: count) } }
      for row in 0..<rows {
        dh_accumulate(target + row % length * width + first, dy + row * width + first, 1, count)
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (tokens, table) = (reference.whole(tokens), reference[table])
    let positions = positions.map { reference[$0] }
    var y = [Double]()
    for row in 0..<rows {
      for column in 0..<width {
        y.append(table[tokens[row] * width + column] + (positions?[row % length * width + column] ?? 0))
      }
    }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (tokens, dy) = (reference.whole(tokens), reference[gradient: output])
    var dTable = [Double](repeating: 0, count: reference[table].count)
    var dPositions = [Double](repeating: 0, count: positions.map { reference[$0].count } ?? 0)
    for row in 0..<rows {
      for column in 0..<width {
        dTable[tokens[row] * width + column] += dy[row * width + column]
        if positions != nil { dPositions[row % length * width + column] += dy[row * width + column] }
      }
    }
    reference.add(dTable, to: table)
    if let positions { reference.add(dPositions, to: positions) }
  }
}
