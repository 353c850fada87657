import DownhillBase

/// Wrong labels among the training samples, to see what a network memorises: Zhang et al. 2017, arXiv:1611.03530.
public enum LabelNoise: Sendable, Equatable {
  /// This share of the samples, chosen at random, gets another class, each of the others equally likely.
  case flipped(Double)
  /// All labels change their places: how often each class occurs stays.
  case shuffled

  /// Labels with the noise in them.
  ///
  /// - Parameters:
  ///   - labels: Each from 0 to below `classes`.
  ///   - seed: Decides which.
  func applied(to labels: [Int32], classes: Int, seed: UInt64) -> [Int32] {
    let order = DataPurpose.labels.random(seed: seed).permutation(of: labels.count)
    switch self {
    case .shuffled: return order.map { labels[$0] }
    case .flipped(let share):
      var result = labels
      guard classes > 1 else { return result }
      let random = DataPurpose.labels.random(seed: seed, 1)
      let count = Int((share * Double(labels.count)).rounded())
      for place in order.prefix(max(count, 0)) {
        let step = 1 + random.index(below: classes - 1, at: UInt64(place))
        result[place] = Int32((Int(labels[place]) + step) % classes)
      }
      return result
    }
  }

  /// Reads a share such as `0.2`, or `shuffled`.
  ///
  /// - Throws: `CommandFailure` of kind usage.
  public init(_ text: String) throws(CommandFailure) {
    if text == "shuffled" {
      self = .shuffled
    } else if let share = finiteNumber(text), (0...1).contains(share) {
      self = .flipped(share)
    } else {
      throw .usage("label noise \"\(text)\", expected a share in [0, 1], or shuffled")
    }
  }
}
