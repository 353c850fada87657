public import DownhillNN

/// A run as others use it: its network with the weights that it has come to, and what they were trained for.
///
///     let run = try TrainedRun("runs/gpt-1")
///     let evaluation = HeldOutEvaluation(run.network, run.store, on: batches, threads: 2)
public struct TrainedRun {
  /// The folder.
  public let path: String
  /// What it was begun with.
  public let configuration: TrainConfiguration
  public let network: NetworkSpec
  /// The weights: those at the end of the run, or those to evaluate of a checkpoint.
  public let store: ParameterStore
  /// What a sample is.
  public let form: SampleForm
  /// How text becomes tokens; nil where the network reads none.
  public let tokenizer: Tokenizer?
  /// The names of the classes; empty where there are none.
  public let labels: [String]
  /// What was done to the numbers that it was trained on; nil where nothing was.
  public let scale: InputScale?
  /// The step of the checkpoint that the weights are of; nil for the end of the run.
  public let step: Int?

  /// Reads a run; its data need not be there.
  /// - Parameters:
  ///   - path: The run's folder.
  ///   - checkpoint: The step of a checkpoint; by default the end of the run, or its last checkpoint.
  /// - Throws: `CommandFailure` and `FileError` that name the file, what was found and what is expected.
  public init(_ path: String, checkpoint: Int? = nil) throws {
    let folder = try RunFolder(opening: path)
    self.path = path
    configuration = try folder.configuration()
    let data = try RunData(readingFrom: path)
    guard let form = data.form else { throw CommandFailure(.data, "\(path)/\(RunData.fileName): no form of a sample") }
    self.form = form
    (labels, scale) = (data.labels, data.scale)
    tokenizer = try data.tokenizer(in: path)
    network = try NetworkSpec(configuration.model, for: form)
    store = ParameterStore(TrainSetup.tape(of: network, form))
    if checkpoint == nil, folder.isFinished {
      step = nil
      try WeightsFile.read(folder.weightsPath, into: store)
      return
    }
    let steps = folder.checkpointSteps
    guard let step = checkpoint ?? steps.last else {
      throw CommandFailure(.data, "\(path): a run without a checkpoint yet")
    }
    guard steps.contains(step) else {
      let known = steps.map { "\($0)" }.joined(separator: ", ")
      throw CommandFailure.usage("\(path) has no checkpoint of step \(step); there are: \(known)")
    }
    self.step = step
    try Checkpoint.readEvaluated(folder.checkpoint(at: step), into: store)
  }

  /// How data is read for this network: tokens and numbers as in its training.
  /// - Parameter settings: Everything else; as in its training where nil.
  public func dataOptions(_ settings: DataSettings? = nil) throws -> DataOptions {
    var options = try (settings ?? configuration.dataSettings).options()
    (options.tokenizer, options.scale) = (tokenizer, scale)
    options.isRegression = if case .numbers = form.target { true } else { false }
    return options
  }
}
