/// How the samples of a batch are chosen.
///
/// Written as a random vector v with E[v] = 1, a batch gives the gradient of (1/n)·Σ vᵢ·fᵢ, which is unbiased: Gower,
/// Loizou, Qian, Sailanbayev, Shulgin and Richtárik 2019, "SGD: General Analysis and Improved Rates", arXiv:1901.09401.
/// A batch of b samples holds weights wⱼ with vᵢ = (n/b)·Σ wⱼ over the rows j that are sample i, so that its loss is the
/// mean of w times loss.
public enum Sampling: Sendable, Equatable {
  /// Each sample once an epoch, in another order each epoch. A batch may straddle two epochs.
  case shuffled
  /// Each row is any sample, independently.
  case replacement
  /// A batch is any set of so many different samples, independently of the other batches: b-nice sampling.
  case nice
  /// Each row is sample i with probability pᵢ, independently, and weighs 1/(n·pᵢ): with one row a batch this is
  /// single-element sampling, with more of them mini-batch sampling with replacement. One number a sample, which need not
  /// sum to 1.
  case importance([Double])
}

/// Why samples cannot be chosen that way.
public enum SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A batch without repetition is larger than the set.
  case tooFewSamples(Int, batch: Int)
  /// Not one probability a sample.
  case probabilityCount(Int, samples: Int)
  /// A probability that is 0, negative or not finite: that sample would never be seen, and the mean be biased.
  case probability(Double, sample: Int)
  /// More samples than an order is kept of.
  case tooManySamples(Int)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .tooFewSamples(let count, let batch):
      "a batch of \(batch) different samples, but there are only \(count)"
    case .probabilityCount(let count, let samples): "\(count) probabilities for \(samples) samples"
    case .probability(let value, let sample):
      "sample \(sample) has probability \(value), expected a finite number above 0"
    case .tooManySamples(let count): "\(count) samples are too many to shuffle; sample with replacement"
    }
  }
}
