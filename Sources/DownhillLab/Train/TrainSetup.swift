import DownhillBase
import DownhillKernels
import DownhillNN
import Foundation

/// A training run that was checked in every part, and of which nothing is written yet.
public struct TrainSetup: Sendable {
  public let configuration: TrainConfiguration
  let network: NetworkSpec
  let split: DataSplit
  let plan: TrainPlan

  /// Settles what was not given: from the file, then from the model's recipe.
  /// - Parameters:
  ///   - file: A configuration's path.
  ///   - settings: What the command line gives; it goes before the file. `epochs` stands in place of `steps`.
  ///   - version: The program's, for the record.
  /// - Throws: `CommandFailure`, `SpecError` and `FileError`, that name the option or the line, what was found and what is
  ///   expected.
  public init(file: String?, settings: [TrainSetting], version: String) throws {
    let file = try file.map { try ConfigurationFile(contentsOf: $0) }
    let given = (file?.keys ?? []).union(settings.map { $0.key })
    func text(_ key: String) -> String? { settings.last { $0.key == key }?.text ?? file?.text(of: key) }

    var configuration = TrainConfiguration()
    // All of its values are what they should be before one of them is used.
    try file?.apply(to: &configuration)
    configuration = TrainConfiguration()
    guard let model = text("model") else {
      throw CommandFailure.usage("no model; downhill train MODEL, or a --config with one")
    }
    let plain = try NetworkSpec(model)
    let recipe = TrainRecipe(for: plain)
    configuration.data = recipe.data ?? ""
    configuration.batch = recipe.batch
    configuration.dataSettings.context = plain.context ?? configuration.dataSettings.context
    configuration.threads = TeamLoop().workerCount
    try file?.apply(to: &configuration)
    for setting in settings where setting.key != "epochs" { try configuration.set(setting) }
    if !given.contains("init-seed") { configuration.initializationSeed = configuration.seed }
    if !given.contains("data-seed") { configuration.dataSettings.seed = configuration.seed }
    configuration.version = version
    guard !configuration.data.isEmpty else {
      throw CommandFailure.usage("\(model) has no set of its own to learn from: give it --data FILE")
    }
    try Self.checkRanges(configuration)

    var split = try Self.read(configuration, for: plain)
    if recipe.augments, !given.contains("augment"), Self.isOfPhotographs(split) {
      configuration.dataSettings.augment = "crop:padding=4/flip"
      split = try Self.read(configuration, for: plain)
    }
    network = try NetworkSpec(configuration.model, for: split.form)
    configuration.model = network.text
    configuration.data = Self.settled(configuration.data)
    configuration.from = configuration.from.map { Self.settled($0) }
    configuration.dataSettings.tokens = Self.settled(configuration.dataSettings.tokens)
    configuration.steps = try Self.steps(configuration, settings, file, recipe, split)
    if !given.contains("optimizer") { configuration.optimizer = recipe.optimizer(configuration.steps) }
    if configuration.rest == nil, try TrainPlan.wantsRest(configuration.optimizer) {
      configuration.rest = TrainRecipe.rest(configuration.steps)
    }
    if !given.contains("eval-every") { configuration.evaluateEvery = max(1, configuration.steps / 10) }
    if !given.contains("checkpoint-every") { configuration.checkpointEvery = configuration.evaluateEvery }
    if configuration.labelSmoothing > 0, case .numbers = network.model.output {
      throw CommandFailure.usage("--label-smoothing is for classes, and \(configuration.model) predicts numbers")
    }
    plan = try TrainPlan(configuration, for: Self.tape(of: network, split.form).parameters)
    self.configuration = configuration
    self.split = split
    _ = try split.batches(of: configuration.batch, seed: configuration.dataSettings.seed)
    if configuration.patience > 0, split.heldOut == nil {
      throw CommandFailure.usage("--patience follows the held-out loss, but nothing is held out")
    }
  }

  /// What is about to be done, for a reader.
  var text: String {
    let form = split.form
    let count = plan.parameters.reduce(0) { $0 + $1.shape.count }
    let lines = [
      ("model", "\(configuration.model), \(count) weights"),
      (
        "data",
        "\(configuration.data): \(split.training.count) \(form.tokenCount > 0 ? "windows" : "samples") to train on, "
          + "\(split.heldOut?.count ?? 0) held out"
      ),
      (
        "steps",
        "\(configuration.steps) of \(configuration.batch * configuration.accumulate), "
          + "on \(configuration.threads) threads"
      ),
    ]
    let precision = network.precision
    let remarks = precision.isSupported ? [] : ["products are in \(precision.text(computedIn: precision.computed))"]
    let notes = (remarks + split.remarks).map { ("note", $0) }
    let head = (lines + notes).map { $0.0.padding(toLength: 7, withPad: " ", startingAt: 0) + $0.1 + "\n" }.joined()
    return "\(head)\n\(plan.text)\n"
  }

  /// A network on one sample: its parameters and buffers.
  static func tape(of network: NetworkSpec, _ form: SampleForm) -> Tape {
    let tape = Tape()
    _ = ModelLoss(network.model, on: tape, reading: Shape([1] + form.inputShape.dimensions))
    return tape
  }

  /// Weights of the network's, all zero.
  func makeStore() -> ParameterStore { ParameterStore(Self.tape(of: network, split.form)) }

  /// That a twin could follow the first steps.
  func checkTraceable() throws(CommandFailure) {
    guard configuration.accumulate == 1, plan.plan != nil else {
      throw .usage("--trace wants one gradient a step: no --accumulate, no sam")
    }
  }

  private static func checkRanges(_ configuration: TrainConfiguration) throws(CommandFailure) {
    let smoothing = configuration.labelSmoothing
    guard smoothing >= 0, smoothing < 1 else { throw .usage("--label-smoothing \(smoothing) is out of range [0, 1)") }
    guard configuration.batch <= 1 << 20 else {
      throw .usage("--batch \(configuration.batch) is out of range [1, \(1 << 20)]")
    }
    guard configuration.accumulate <= 1 << 20 else {
      throw .usage("--accumulate \(configuration.accumulate) is out of range [1, \(1 << 20)]")
    }
    guard configuration.steps <= 1 << 40 else { throw .usage("--steps \(configuration.steps) is out of range") }
    guard configuration.threads <= 1024 else {
      throw .usage("--threads \(configuration.threads) is out of range [1, 1024]")
    }
  }

  private static func read(_ configuration: TrainConfiguration, for network: NetworkSpec) throws -> DataSplit {
    var options = try configuration.dataSettings.options()
    options.isRegression = if case .numbers = network.model.output { true } else { false }
    return try DataSplit(configuration.data, options)
  }

  /// Pictures that mean the same when they are moved or mirrored.
  private static func isOfPhotographs(_ split: DataSplit) -> Bool {
    if case .image(3, _, _) = split.form.input { !split.name.hasPrefix("patterns") } else { false }
  }

  /// A path that holds from any folder.
  private static func settled(_ name: String) -> String {
    FileManager.default.fileExists(atPath: name) ? URL(fileURLWithPath: name).standardizedFileURL.path : name
  }

  /// The steps that were given, or those of so many epochs.
  private static func steps(
    _ configuration: TrainConfiguration, _ settings: [TrainSetting], _ file: ConfigurationFile?, _ recipe: TrainRecipe,
    _ split: DataSplit
  ) throws(CommandFailure) -> Int {
    func ofEpochs(_ epochs: Double) -> Int {
      let samples = epochs * Double(split.epochCount)
      return Int(min((samples / Double(configuration.batch * configuration.accumulate)).rounded(.up), 1e12))
    }
    func epochs(_ text: String) throws(CommandFailure) -> Int {
      guard let count = finiteNumber(text), count >= 0 else {
        throw .usage("--epochs \(text): expected a number from 0")
      }
      return ofEpochs(count)
    }
    func both(_ names: [String]) -> CommandFailure { .usage("\(names[0]) and \(names[1]) are both given: one of them") }
    let keys = Set(settings.map { $0.key })
    if keys.isSuperset(of: ["steps", "epochs"]) { throw both(["--steps", "--epochs"]) }
    if let given = settings.last(where: { $0.key == "epochs" }) { return try epochs(given.text) }
    if keys.contains("steps") { return configuration.steps }
    if let file {
      if file.keys.isSuperset(of: ["steps", "epochs"]) { throw both(["steps", "epochs"]) }
      if let text = file.text(of: "epochs") { return try epochs(text) }
      if file.keys.contains("steps") { return configuration.steps }
    }
    switch recipe.length {
    case .steps(let count): return count
    case .epochs(let count): return ofEpochs(count)
    }
  }
}
