public import DownhillBase
public import DownhillFiles

/// Samples that can be had in any order, by any thread.
public protocol SampleSet: Sendable {
  /// What each of them is.
  var form: SampleForm { get }
  /// How many there are, at least 1.
  var count: Int { get }

  /// Writes a sample.
  ///
  /// - Parameters:
  ///   - place: Which, below `count`.
  ///   - random: What decides about augmentation; nil leaves the sample as it is.
  ///   - row: Where.
  /// - Throws: `FileError`, where samples are read when they are wanted.
  func write(_ place: Int, _ random: CounterRandom?, to row: BatchRow) throws(FileError)
}

/// A data set as a network is trained on it.
public struct DataSplit: Sendable {
  /// As it was named on the command line.
  public let name: String
  /// What is trained on.
  public let training: any SampleSet
  /// What is not, in the order in which it is evaluated; nil where nothing is held out.
  public let heldOut: (any SampleSet)?
  /// The names of the classes; empty where there are none.
  public let labels: [String]
  /// How text becomes tokens; nil where the tokens are no text.
  public let tokenizer: Tokenizer?
  /// What was done to its numbers; nil where nothing was.
  public let scale: InputScale?
  /// How its samples are chosen.
  public let sampling: Sampling
  /// What a reader of results has to know, such as that only part of a test set is there.
  public let remarks: [String]

  init(
    name: String, training: any SampleSet, heldOut: (any SampleSet)?, labels: [String] = [],
    tokenizer: Tokenizer? = nil, scale: InputScale? = nil, sampling: Sampling = .shuffled, remarks: [String] = []
  ) {
    self.name = name
    self.training = training
    self.heldOut = heldOut
    self.labels = labels
    self.tokenizer = tokenizer
    self.scale = scale
    self.sampling = sampling
    self.remarks = remarks
  }

  /// What each sample is.
  public var form: SampleForm { training.form }

  /// How many samples it takes to see everything once; of a text, whose windows overlap, fewer than there are.
  public var epochCount: Int { (training as? TokenWindows)?.windowsPerEpoch ?? training.count }
}
