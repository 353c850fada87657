import DownhillBase
import Foundation

/// Which samples each batch holds: a function of seed and number of the batch alone.
public struct SampleOrder: Sendable {
  public let sampling: Sampling
  let seed: UInt64
  private let count: Int
  private let epochs: EpochOrder?
  /// Sums of the probabilities up to each sample, with it.
  private let sums: [Double]

  init(_ sampling: Sampling, count: Int, size: Int, seed: UInt64) throws(SamplingError) {
    self.sampling = sampling
    self.seed = seed
    self.count = count
    var sums = [Double]()
    switch sampling {
    case .shuffled:
      guard count <= Int(UInt32.max) else { throw .tooManySamples(count) }
    case .replacement: break
    case .nice:
      guard size <= count else { throw .tooFewSamples(count, batch: size) }
    case .importance(let probabilities):
      guard probabilities.count == count else {
        throw .probabilityCount(probabilities.count, samples: count)
      }
      var sum = 0.0
      for (sample, probability) in probabilities.enumerated() {
        guard probability > 0, probability.isFinite else { throw .probability(probability, sample: sample) }
        sum += probability
        sums.append(sum)
      }
      guard sum.isFinite else { throw .probability(sum, sample: count - 1) }
    }
    self.sums = sums
    epochs = sampling == .shuffled ? EpochOrder(count: count, seed: seed) : nil
  }

  /// Chooses the samples of a batch.
  /// - Parameters:
  ///   - number: The batch.
  ///   - places: One a row; their number is the size of all batches.
  ///   - weights: What each counts.
  func choose(
    number: Int, _ places: UnsafeMutableBufferPointer<Int>, weights: UnsafeMutableBufferPointer<Float>
  ) {
    weights.update(repeating: 1)
    let random = DataPurpose.order.random(seed: seed, number)
    switch sampling {
    case .shuffled: epochs?.choose(from: number * places.count, places)
    case .replacement:
      for row in places.indices { places[row] = random.index(below: count, at: UInt64(row)) }
    case .nice:
      // R. W. Floyd's way to a random set: Bentley and Floyd 1987, "A sample of brilliance".
      for row in places.indices {
        let last = count - places.count + row
        let place = random.index(below: last + 1, at: UInt64(row))
        places[row] = places[..<row].contains(place) ? last : place
      }
    case .importance(let probabilities):
      let sum = sums[count - 1]
      for row in places.indices {
        let place = self.place(of: random.uniform(at: UInt64(row)) * sum)
        places[row] = place
        weights[row] = Float(sum / (Double(count) * probabilities[place]))
      }
    }
  }

  /// The first sample whose sum is above a number.
  private func place(of number: Double) -> Int {
    var (lower, upper) = (0, count - 1)
    while lower < upper {
      let middle = (lower + upper) / 2
      if sums[middle] > number { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }
}

/// The orders of one epoch after the other, of which the latest is kept.
///
/// Unchecked, because a lock guards what changes.
private final class EpochOrder: @unchecked Sendable {
  private let count: Int
  private let seed: UInt64
  private let lock = NSLock()
  private var order: [UInt32]
  private var epoch = -1

  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
    order = Array(repeating: 0, count: count)
  }

  func choose(from start: Int, _ places: UnsafeMutableBufferPointer<Int>) {
    lock.lock()
    defer { lock.unlock() }
    for row in places.indices {
      let (wanted, place) = (start + row).quotientAndRemainder(dividingBy: count)
      if wanted != epoch { shuffle(wanted) }
      places[row] = Int(order[place])
    }
  }

  /// As `CounterRandom.permutation` does, in memory that is there.
  private func shuffle(_ wanted: Int) {
    epoch = wanted
    // A stream far from those of the batches.
    let random = DataPurpose.order.random(seed: seed, 1 << 55 | wanted)
    order.withUnsafeMutableBufferPointer { order in
      for place in order.indices { order[place] = UInt32(truncatingIfNeeded: place) }
      for place in order.indices.dropFirst() {
        order.swapAt(place, random.index(below: place + 1, at: UInt64(place)))
      }
    }
  }
}
