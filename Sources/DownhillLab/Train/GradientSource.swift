import DownhillBase
import DownhillFiles
import DownhillKernels
import DownhillNN

/// The gradient of each step: of one batch, or the mean over several.
final class GradientSource {
  let pass: NetworkPass
  private let source: BatchSource
  private let ahead: BatchesAhead
  private let accumulate: Int
  /// The sum so far, of all parameters; nothing for one batch.
  private var sums: [[Float]]
  /// Where a batch is made again for a second gradient.
  private let again: Batch?
  /// Called with each batch before its gradient is taken.
  var witness: ((Batch) -> Void)?

  /// - Parameters:
  ///   - pass: Trains on batches of the source's size.
  ///   - source: The batches.
  ///   - first: The number of the first.
  ///   - accumulate: How many make a step.
  ///   - repeats: Whether second gradients of the same batches are wanted.
  init(_ pass: NetworkPass, _ source: BatchSource, from first: Int, accumulate: Int, repeats: Bool) {
    (self.pass, self.source, self.accumulate) = (pass, source, accumulate)
    ahead = BatchesAhead(source, from: first)
    sums = accumulate > 1 ? pass.store.parameters.map { Array(repeating: 0, count: $0.shape.count) } : []
    again = repeats && accumulate > 1 ? source.makeBatch() : nil
  }

  /// Leaves the mean gradient of the next batches in the store.
  /// - Parameter number: The first of them, the next in order.
  /// - Returns: Their mean loss.
  func next(_ number: Int) throws(FileError) -> Double {
    try gradient(number) { (_) throws(FileError) in try ahead.next() }
  }

  /// The same for the same batches, at other weights.
  func repeated(_ number: Int) throws(FileError) -> Double {
    guard let again else { return evaluate(number, part: 0) }
    return try gradient(number) { (number) throws(FileError) in
      try source.fill(again, number: number)
      return again
    }
  }

  private func gradient(
    _ number: Int, _ batch: (_ number: Int) throws(FileError) -> Batch
  ) throws(FileError) -> Double {
    var loss = 0.0
    for part in 0..<accumulate {
      let batch = try batch(number + part)
      witness?(batch)
      pass.load(batch)
      loss += evaluate(number + part, part: part) / Double(accumulate)
    }
    return loss
  }

  /// Of the batch that is loaded. What drops out follows from the batch's number.
  private func evaluate(_ number: Int, part: Int) -> Double {
    let loss = pass.program.forward(step: UInt64(number))
    pass.program.backward(scale: 1 / Float(accumulate))
    if accumulate > 1 { gather(part) }
    return Double(loss)
  }

  private func gather(_ part: Int) {
    for place in sums.indices {
      let gradient = pass.store.gradient(of: place)
      sums[place].withUnsafeMutableBufferPointer { sum in
        if part == 0 {
          _ = sum.update(from: gradient)
        } else {
          for number in sum.indices { sum[number] += gradient[number] }
        }
        if part == accumulate - 1 { _ = gradient.update(from: sum) }
      }
    }
  }
}
