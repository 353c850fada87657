/// How a data set is read: what does not apply to a set is left alone.
public struct DataOptions: Sendable, Equatable {
  /// What stands for a token of text.
  public var unit = TokenUnit.character
  /// Tokens a window of text.
  public var context = 64
  /// The share that is held out, in [0, 1), where a set does not come with a part for that: a tenth of a text, a fifth of
  /// other sets by default.
  public var heldOut: Double?
  /// How samples are chosen; text by default with replacement, other sets shuffled.
  public var sampling: SamplingChoice?
  /// Decides about everything here that is random.
  public var seed: UInt64 = 0

  public init() {}
}

/// How samples are chosen, by a name.
public enum SamplingChoice: String, Sendable, CaseIterable {
  /// `Sampling.shuffled`.
  case shuffled
  /// `Sampling.replacement`.
  case replacement
  /// `Sampling.nice`.
  case nice
}
