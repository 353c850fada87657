public import DownhillFiles
import DownhillKernels
public import DownhillNN
import Foundation

/// How well a network does on samples that it was not trained on.
public struct HeldOutMeasurement: Sendable, Equatable {
  /// The mean over samples, or over tokens: of −ln p of the right class, or of squared errors.
  public let loss: Double
  /// The share whose right class is the likeliest; nil where numbers are predicted.
  public let accuracy: Double?
  /// The share whose right class is among the five likeliest; nil where there are no more than five.
  public let topFive: Double?
  /// Samples or tokens.
  public let count: Int
  /// Whether it was text, or other tokens.
  public let isOfTokens: Bool

  /// e^loss, of tokens.
  public var perplexity: Double? { isOfTokens ? exp(loss) : nil }
}

/// Measures a network on all samples of a set, in batches of one size with one program.
///
///     let evaluation = HeldOutEvaluation(network.spec, network.store, on: batches, threads: 2)
///     let measurement = try evaluation.run()
///
/// Running statistics are used, dropout is not.
public final class HeldOutEvaluation {
  private let batches: OrderedBatches
  private let batch: Batch
  private let pass: NetworkPass

  /// - Parameters:
  ///   - spec: The model, which fits the samples.
  ///   - store: Its weights; read in each run as they are then.
  ///   - batches: The samples.
  ///   - threads: How many threads there are.
  public convenience init(_ spec: NetworkSpec, _ store: ParameterStore, on batches: OrderedBatches, threads: Int) {
    self.init(spec, store, on: batches, loop: TeamLoop(workerCount: threads))
  }

  init(_ spec: NetworkSpec, _ store: ParameterStore, on batches: OrderedBatches, loop: TeamLoop) {
    self.batches = batches
    batch = batches.makeBatch()
    pass = NetworkPass(spec, batches.samples.form, for: .init(batch: batches.size), store, on: loop)
  }

  /// One pass over the samples.
  /// - Throws: What the samples throw.
  public func run() throws(FileError) -> HeldOutMeasurement {
    var (sum, count, hits, nearHits) = (0.0, 0, 0, 0)
    for number in 0..<batches.count {
      try batches.fill(batch, number: number)
      pass.load(batch)
      let loss = Double(pass.program.forward())
      if batch.classes.isEmpty {
        sum += squares()
        count += batch.count
      } else {
        let (rows, first, near) = ranks()
        sum += loss * Double(rows)
        (count, hits, nearHits) = (count + rows, hits + first, nearHits + near)
      }
    }
    let total = Double(max(count, 1))
    let classes = pass.results.count / max(batch.classes.count, 1)
    let isClassified = !batch.classes.isEmpty
    return HeldOutMeasurement(
      loss: sum / total, accuracy: isClassified ? Double(hits) / total : nil,
      topFive: isClassified && classes > 5 ? Double(nearHits) / total : nil, count: count,
      isOfTokens: !batch.tokens.isEmpty)
  }

  /// How many rows are asked for, how many have the right class first, and how many have it among the first five. Of
  /// classes that are as likely, the first in order comes first.
  private func ranks() -> (rows: Int, first: Int, near: Int) {
    let (logits, classes) = (pass.results, batch.classes)
    let width = logits.count / max(classes.count, 1)
    var (rows, first, near) = (0, 0, 0)
    for row in 0..<classes.count where classes[row] >= 0 {
      let values = UnsafeBufferPointer(rebasing: logits[row * width..<(row + 1) * width])
      let target = Int(classes[row])
      let own = values[target]
      var rank = 0
      for place in 0..<width where values[place] > own || (values[place] == own && place < target) { rank += 1 }
      rows += 1
      // A number that is none is no answer, though nothing is above it.
      if own.isNaN { continue }
      if rank == 0 { first += 1 }
      if rank < 5 { near += 1 }
    }
    return (rows, first, near)
  }

  /// The sum over the batch's samples of the mean of their squared errors.
  private func squares() -> Double {
    let (predictions, targets) = (pass.results, batch.targets)
    let width = targets.count / batch.size
    var sum = 0.0
    for place in 0..<batch.count * width {
      let difference = Double(predictions[place]) - Double(targets[place])
      sum += difference * difference
    }
    return sum / Double(max(width, 1))
  }
}
