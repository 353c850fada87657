/// Everything that a training run follows from: written back complete, so that the run can be repeated from it.
public struct TrainConfiguration: Sendable, Equatable {
  /// Such as `gpt:layers=4,width=128`.
  public var model = ""
  /// A made set's name, or a file's or folder's path.
  public var data = ""
  public var dataSettings = DataSettings()
  /// Groups of parameters with their rules, as `rules --plan` spells them.
  public var groups: [String] = []
  /// The rule of the parameters that are in no group.
  public var optimizer = ""
  /// The rule of what is no hidden matrix, where the optimizer takes matrices only.
  public var rest: String?
  /// What stays as it is: `role=…` or `name=…`.
  public var freeze: [String] = []
  public var steps = 0
  /// Samples a batch.
  public var batch = 1
  /// Batches whose mean gradient makes one step.
  public var accumulate = 1
  /// The share of a target that is spread over all classes.
  public var labelSmoothing = 0.0
  /// Steps from one evaluation to the next.
  public var evaluateEvery = 0
  /// Steps from one checkpoint to the next; 0 for none but the best and the last.
  public var checkpointEvery = 0
  /// Evaluations without a new best held-out loss before the run ends; 0 for no such end.
  public var patience = 0
  /// Which weights are evaluated and kept, where an optimizer averages them.
  public var evaluates = EvaluatedWeights.averaged
  /// A run or a safetensors file whose weights are started from.
  public var from: String?
  /// Decides dropout, and what has no seed of its own.
  public var seed: UInt64 = 0
  public var initializationSeed: UInt64 = 0
  /// How many threads; the bits of a run depend on it.
  public var threads = 1
  /// The program that made it.
  public var version = ""

  public init() {}

  /// The weights that count, of an optimizer that averages.
  public enum EvaluatedWeights: String, Sendable, CaseIterable {
    case averaged
    case trained
  }
}
