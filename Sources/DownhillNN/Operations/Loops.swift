import CNetworkKernels
import DownhillKernels

extension TeamLoop {
  /// One part at a time to each worker: for parts that are long, and few.
  func forEachSingle(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    forEach(count) { index, worker in body(index, worker) }
  }

  /// Cuts a count into blocks of a length that follows from the count alone, and runs them.
  /// - Parameters:
  ///   - count: How many rows, or numbers, there are.
  ///   - least: What is worth a worker's call.
  func forEachBlock(
    of count: Int, atLeast least: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
  ) {
    let length = max(least, (count + 63) / 64, 1)
    let blocks = (count + length - 1) / length
    if blocks <= 1 {
      if count > 0 { body(0..<count, 0) }
      return
    }
    forEach(blocks) { block, worker in
      body(block * length..<min((block + 1) * length, count), worker)
    }
  }
}

/// gradient(target) (+)= the sum of the rows; each column is summed in the order of the rows.
func addRows(_ x: UnsafePointer<Float>, _ rows: Int, _ columns: Int, to target: Value, _ memory: Memory) {
  let (gradient, adds) = (memory.gradient(target), memory.adds(to: target))
  memory.loop.forEachBlock(of: columns, atLeast: 64) { range, _ in
    dh_sum_rows(x + range.lowerBound, columns, gradient + range.lowerBound, rows, range.count, adds ? 1 : 0)
  }
}
