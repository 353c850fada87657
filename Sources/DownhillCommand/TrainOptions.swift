import ArgumentParser
import DownhillLab

/// What is run, how long, and where it goes.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A set that is made or was fetched, a file or a folder.", valueName: "data"),
    completion: .dataName)
  var data: String?

  @Option(
    help: ArgumentHelp("Settings from a run's config.yaml, or such a file; options go before it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(help: ArgumentHelp("The run's folder; runs/MODEL-1 and so on by default.", valueName: "folder"))
  var out: String?

  @Option(parsing: .unconditional, help: "Steps of the optimizer.")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Passes over the data, in place of --steps.")
  var epochs: Double?

  @Option(parsing: .unconditional, help: "Samples a batch.")
  var batch: Int?

  @Option(parsing: .unconditional, help: "Batches whose mean gradient makes one step.")
  var accumulate: Int?

  @Option(parsing: .unconditional, help: "Steps from one evaluation to the next; a tenth of all by default.")
  var evalEvery: Int?

  @Option(parsing: .unconditional, help: "Steps from one checkpoint to the next; with each evaluation by default.")
  var checkpointEvery: Int?

  @Option(
    parsing: .unconditional,
    help: "End after so many evaluations without a new best held-out loss, and keep the best weights.")
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "Weights to start from: a run's or a file's. A head of another size starts anew.", valueName: "run|file"))
  var from: String?

  @Option(parsing: .unconditional, help: "Decides all that is random and has no seed of its own.")
  var seed: UInt64?

  @Option(parsing: .unconditional, help: "Decides the weights at the start.")
  var initSeed: UInt64?

  @Option(parsing: .unconditional, help: "How many threads; one a core by default. A run's bits depend on it.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Record weights, batches, losses and gradients of the first steps, for a check by Tools/twin.", valueName: "file"),
    completion: .safetensors)
  var trace: String?

  @OptionGroup var profile: ProfileOption

  /// What was given.
  var settings: [TrainSetting] {
    [
      .given("data", data), .given("steps", steps), .given("epochs", epochs), .given("batch", batch),
      .given("accumulate", accumulate), .given("eval-every", evalEvery), .given("checkpoint-every", checkpointEvery),
      .given("patience", patience), .given("from", from), .given("seed", seed), .given("init-seed", initSeed),
      .given("threads", threads),
    ].compactMap { $0 }
  }
}

struct ProfileOption: ParsableArguments {
  @Flag(
    name: .customLong("profile"),
    help: "Report what each operation takes a step, with its products, its bytes and the least that it could take.")
  var isWanted = false
}

/// Which rules move which parameters.
struct OptimizerOptions: ParsableArguments {
  @Option(
    help: "The optimizer's spec. One that takes matrices only gets the hidden ones, and --rest the others.",
    completion: .trainer)
  var optimizer: String?

  @Option(
    help: "The spec of what is no hidden matrix, where the optimizer takes matrices only.", completion: .optimizer)
  var rest: String?

  @Option(
    help: ArgumentHelp(
      "A group with a rule of its own, as in rules --plan; repeat for more.", valueName: "conditions: spec"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp("Leave parameters as they are: role=… or name=…; repeat for more.", valueName: "condition"))
  var freeze: [String] = []

  @Option(parsing: .unconditional, help: "The share of a target that is spread over all classes.")
  var labelSmoothing: Double?

  @Option(help: "Which weights count, of an optimizer that averages: averaged or trained.")
  var evaluate: String?

  /// What was given.
  var settings: [TrainSetting] {
    [
      .given("optimizer", optimizer), .given("rest", rest), .given("label-smoothing", labelSmoothing),
      .given("evaluate", evaluate), group.isEmpty ? nil : TrainSetting("group", list: group),
      freeze.isEmpty ? nil : TrainSetting("freeze", list: freeze),
    ].compactMap { $0 }
  }
}

extension DataOptionsGroup {
  /// What was given.
  var given: [TrainSetting] {
    [
      .given("tokens", tokens), .given("context", context), .given("held-out", heldOut),
      target.isEmpty ? nil : TrainSetting("target", list: target), .given("image-size", imageSize),
      .given("augment", augment), .given("normalize", normalize), .given("label-noise", labelNoise),
      .given("corrupt", corrupt), .given("sampling", sampling), .given("data-seed", dataSeed),
    ].compactMap { $0 }
  }
}

extension TrainSetting {
  fileprivate static func given(_ key: String, _ value: (some CustomStringConvertible)?) -> TrainSetting? {
    value.map { TrainSetting(key, $0) }
  }
}
