public import ArgumentParser
public import DownhillLab

struct EvaluateCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained network on data.",
    discussion: """
      Examples:
        downhill evaluate runs/gpt-1
        downhill evaluate runs/gpt-1 --data other.txt --part all
        downhill evaluate cifar-run --data cifar10 --corrupt blur:3 --format json
        downhill evaluate gpt2.safetensors --model gpt2 --tokenizer gpt2.tiktoken --data text.txt --part all

      Data is read as in training (the same tokens, the same scale of numbers) but for the options given, and measured
      without augmentation: by default what is held out of the run's own data.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(
    help: ArgumentHelp("What to measure on; the run's own data by default.", valueName: "data"),
    completion: .dataName)
  var data: String?

  @Option(help: "Which samples: held-out, training or all.")
  var part: RunEvaluation.Part = .heldOut

  @Option(parsing: .unconditional, help: "Tokens a window of text; as in training by default.")
  var context: Int?

  @Option(parsing: .unconditional, help: "The share held out where a set has no test part; as in training by default.")
  var heldOut: Double?

  @Option(help: "A target column of a table; as in training by default. Repeat for more.")
  var target: [String] = []

  @Option(help: "Make held-out images worse: noise, blur or contrast with a strength from 1 to 5, such as blur:3.")
  var corrupt: String?

  @Option(parsing: .unconditional, help: "Decides split and corruption; as in training by default.")
  var dataSeed: UInt64?

  @Option(parsing: .unconditional, help: "Samples at a time; what memory allows by default.")
  var batch: Int?

  @Option(parsing: .unconditional, help: "How many threads; as in the run by default.")
  var threads: Int?

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    let run = try network.open()
    var settings = run.configuration.dataSettings
    settings.context = context ?? settings.context
    settings.heldOut = heldOut ?? settings.heldOut
    settings.target = target.isEmpty ? settings.target : target
    settings.corrupt = corrupt ?? settings.corrupt
    settings.seed = dataSeed ?? settings.seed
    var evaluation = RunEvaluation(settings)
    (evaluation.data, evaluation.part, evaluation.batch, evaluation.threads) = (data, part, batch, threads)
    let result = try evaluation.run(run)
    try printResult(format == .json ? result.json.serialized : result.text)
  }
}

extension RunEvaluation.Part: ExpressibleByArgument {}
