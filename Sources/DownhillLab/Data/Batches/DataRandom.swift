import DownhillBase

/// What random numbers of data are for: each purpose has streams of its own, so that one knob changes nothing else.
enum DataPurpose: UInt64 {
  case order = 1
  case augmentation = 2
  case split = 3
  case labels = 4
  case corruption = 5
  case generation = 6

  /// The numbers of one purpose.
  /// - Parameters:
  ///   - seed: The seed of the data.
  ///   - number: The epoch, the sample or the batch, below 2^56.
  func random(seed: UInt64, _ number: Int = 0) -> CounterRandom {
    CounterRandom(seed: seed, stream: rawValue << 56 | UInt64(truncatingIfNeeded: number) & (1 << 56 - 1))
  }
}
