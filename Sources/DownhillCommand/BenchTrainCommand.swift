import ArgumentParser
import DownhillLab
import DownhillNN

struct BenchTrainCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Time whole training steps of a model: forward, backward, optimizer.",
    discussion: """
      The batch is drawn once, so that nothing but the step is timed. The optimizer is AdamW for text and SGD with
      momentum for the rest; one that takes matrices alone gets those that it has in `train`, AdamW the rest.

      Examples:
        downhill bench train --model gpt
        downhill bench train --model resnet18 --threads 1 --format json
        downhill bench train --model gpt-bench --precision bf16 --profile
        downhill bench train --model gpt:layers=2,width=256 --batch 8 --optimizer muon
      """)

  @Option(help: "A model of the catalogue, with its knobs: gpt, gpt-bench, resnet18, ….", completion: .model)
  var model = "gpt"

  @Option(
    help: "In what numbers products are computed: f32 or bf16; by default as the model's knob says.",
    completion: .list(["f32", "bf16"]))
  var precision: String?

  @Option(help: "A spec, such as adamw:lr=1e-3.", completion: .optimizer)
  var optimizer: String?

  @Option(parsing: .unconditional, help: "Sequences, images or rows a step.")
  var batch: Int?

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores by default.")
  var threads: Int?

  @Option(parsing: .unconditional, help: "How long steps are timed; five steps at least.")
  var seconds = 5.0

  @Flag(help: "Report what each operation takes, with its products, its bytes and the least that it could take.")
  var profile = false

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    if let batch, !(1...65_536).contains(batch) {
      throw CommandFailure.usage("--batch \(batch) is out of range [1, 65536]")
    }
    if let threads, !(1...1024).contains(threads) {
      throw CommandFailure.usage("--threads \(threads) is out of range [1, 1024]")
    }
    guard (0...3600).contains(seconds) else {
      throw CommandFailure.usage("--seconds \(seconds) is out of range [0, 3600]")
    }
    let known = ProductPrecision.allCases
    let number = try precision.map { text in
      guard let found = known.first(where: { "\($0.knobName)" == text }) else {
        throw CommandFailure.usage("--precision \(text): expected f32 or bf16")
      }
      return found
    }
    let bench = try TrainBench(
      model: model, optimizer: optimizer, batch: batch, precision: number, threads: threads, seconds: seconds)
    let row = bench.run(profiles: profile)
    try printResult(format == .json ? bench.json(of: row).serialized : bench.text(of: row))
  }
}
