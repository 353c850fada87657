/// How a data set is read: what does not apply to a set is left alone.
public struct DataOptions: Sendable {
  /// What stands for a token of text.
  public var unit = TokenUnit.character
  /// Tokens a window of text.
  public var context = 64
  /// The share that is held out, in [0, 1), where a set does not come with a part for that: a tenth of a text, half of
  /// modular arithmetic, a fifth of other sets by default.
  public var heldOut: Double?
  /// The target columns of a table; its last by default.
  public var target: [String] = []
  /// Whether the target of a table is numbers; by default it is where it holds more than 20 different numbers.
  public var isRegression: Bool?
  /// Rows and columns of images from folders.
  public var side = 64
  /// What is done to images that are trained on.
  public var augmentation = Augmentation()
  /// Whether each channel of an image, and each column of a table, gets mean 0 and deviation 1 over what is trained on.
  public var isNormalized = true
  /// What a network was trained with, in place of what the text holds.
  public var tokenizer: Tokenizer?
  /// What a network was trained with, in place of what is measured.
  public var scale: InputScale?
  /// Wrong labels among those that are trained on.
  public var labelNoise: LabelNoise?
  /// What is done to the held-out images.
  public var corruption: Corruption?
  /// How samples are chosen; text by default with replacement, other sets shuffled.
  public var sampling: SamplingChoice?
  /// Decides split, label noise and corruption.
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
  /// `Sampling.importance` by squared lengths of the rows of a table, to which the smoothness of each loss is
  /// proportional.
  case lipschitz
  /// `Sampling.importance` that shows all classes equally often.
  case balanced
}
