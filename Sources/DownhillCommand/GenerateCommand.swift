import ArgumentParser
import DownhillLab
import Foundation

struct GenerateCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Let a trained network go on with a text.",
    discussion: """
      Examples:
        downhill generate runs/gpt-1
        downhill generate runs/gpt-1 --prompt "ROMEO:" --tokens 500 --temperature 0.8 --top-k 40 --seed 3
        downhill generate gpt2.safetensors --model gpt2 --tokenizer gpt2.tiktoken --prompt "The sea" --top-p 0.95

      A run's folder is enough; a file of weights wants its model and what its tokens are (bytes, or a .tiktoken file).
      The same seed writes the same text. Temperature 0 takes the likeliest token each time. Text appears while it is
      written, always as whole characters.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "What is gone on with; a line break by default.")
  var prompt: String?

  @Option(parsing: .unconditional, help: "How many tokens follow.")
  var tokens: Int = 200

  @Option(parsing: .unconditional, help: "What the logits are divided by: below 1 likelier, above 1 bolder.")
  var temperature: Double = 1

  @Option(parsing: .unconditional, help: "Choose among so many of the likeliest tokens.")
  var topK: Int?

  @Option(
    parsing: .unconditional, help: "Choose among the likeliest tokens that have this probability together, in (0, 1].")
  var topP: Double = 1

  @Option(parsing: .unconditional, help: "Decides what is drawn.")
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "How many threads; as in the run by default.")
  var threads: Int?

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    var generation = Generation()
    (generation.prompt, generation.tokens, generation.seed) = (prompt, tokens, seed)
    (generation.choice.temperature, generation.choice.topK, generation.choice.topP) = (temperature, topK, topP)
    generation.threads = threads
    try generation.checkRanges()
    let result = try generation.run(network.open()) { piece in
      if format == .text { try printPiece(piece) }
    }
    if format == .json { try printResult(result.json.serialized) } else { try printPiece("\n") }
  }
}

/// A trained network: a run, or a file of weights.
struct NetworkOptions: ParsableArguments {
  @Argument(help: "A run's folder, or a file of weights (.safetensors).", completion: .directory)
  var run: String

  @Option(
    help: ArgumentHelp("The model of a file of weights, such as gpt2; a run has its own.", valueName: "spec"),
    completion: .model)
  var model: String?

  @Option(
    help: ArgumentHelp("What a file's tokens are: bytes or a .tiktoken file; a run has its own.", valueName: "unit"))
  var tokenizer: String?

  @Option(parsing: .unconditional, help: "The step of a run's checkpoint; its end, or its last checkpoint, by default.")
  var checkpoint: Int?

  func open() throws -> TrainedRun {
    try TrainedRun(run, model: model, tokenizer: tokenizer, checkpoint: checkpoint)
  }
}
