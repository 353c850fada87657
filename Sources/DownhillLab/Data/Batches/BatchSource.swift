public import DownhillFiles

/// Batches to train on: each a function of the seed and its number alone, so that to go on from any of them nothing needs
/// to be kept but that number.
public struct BatchSource: Sendable {
  public let samples: any SampleSet
  /// Samples a batch.
  public let size: Int
  public let order: SampleOrder

  /// - Parameters:
  ///   - samples: What the batches are made of.
  ///   - size: How many of them a batch holds, at least 1.
  ///   - sampling: How they are chosen.
  ///   - seed: Decides the order and the augmentation.
  /// - Throws: `SamplingError` where the way of sampling does not fit the set.
  public init(
    _ samples: any SampleSet, size: Int, sampling: Sampling = .shuffled, seed: UInt64
  ) throws(SamplingError) {
    self.samples = samples
    self.size = max(size, 1)
    order = try SampleOrder(sampling, count: samples.count, size: self.size, seed: seed)
  }

  /// Memory for one of them.
  public func makeBatch() -> Batch { Batch(of: samples.form, size: size) }

  /// How many passes over the set lie before a batch.
  public func epochs(beforeBatch number: Int) -> Double { Double(number) * Double(size) / Double(samples.count) }

  /// Makes a batch.
  ///
  /// - Parameters:
  ///   - batch: Where; of this source.
  ///   - number: Which, from 0: the step, or several a step where gradients are accumulated.
  /// - Throws: What the samples throw.
  public func fill(_ batch: Batch, number: Int) throws(FileError) {
    order.choose(number: number, batch.places, weights: batch.weights)
    for row in 0..<size {
      let random = DataPurpose.augmentation.random(seed: order.seed, number * size + row)
      try samples.write(batch.places[row], random, to: batch.row(row))
    }
    batch.end(count: size, number: number)
  }
}

/// All samples of a set in their order, to evaluate on.
public struct OrderedBatches: Sendable {
  public let samples: any SampleSet
  /// Samples a batch.
  public let size: Int
  /// How many batches there are; the last may hold fewer samples.
  public let count: Int

  /// - Parameters:
  ///   - samples: What the batches are made of.
  ///   - size: How many of them a batch holds, at least 1.
  ///   - limit: How many samples are used, from the first on; all where nil.
  public init(_ samples: any SampleSet, size: Int, limit: Int? = nil) {
    self.samples = samples
    self.size = max(size, 1)
    sampleCount = min(samples.count, max(limit ?? samples.count, 0))
    count = (sampleCount + self.size - 1) / self.size
  }

  /// How many samples there are in all batches.
  public let sampleCount: Int

  /// Memory for one of them.
  public func makeBatch() -> Batch { Batch(of: samples.form, size: size) }

  /// Makes a batch, without augmentation.
  ///
  /// - Parameters:
  ///   - batch: Where; of this size and form.
  ///   - number: Which, below `count`.
  /// - Throws: What the samples throw.
  public func fill(_ batch: Batch, number: Int) throws(FileError) {
    let rows = max(min(size, sampleCount - number * size), 0)
    for row in 0..<rows {
      batch.places[row] = number * size + row
      batch.weights[row] = 1
      try samples.write(number * size + row, nil, to: batch.row(row))
    }
    batch.end(count: rows, number: number)
  }
}
