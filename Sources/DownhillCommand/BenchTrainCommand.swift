import ArgumentParser
import DownhillLab

struct BenchTrainCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Time whole training steps of a model: forward, backward, optimizer.",
    discussion: """
      The batch is drawn once, so that nothing but the step is timed. The optimizer is AdamW for text and SGD with
      momentum for the rest; one that takes matrices alone gets the hidden ones, AdamW the rest.

      Examples:
        downhill bench train --model gpt
        downhill bench train --model resnet18 --threads 1 --format json
        downhill bench train --model gpt-bench --profile
        downhill bench train --model gpt:layers=2,width=256 --batch 8 --optimizer muon
      """)

  @Option(help: "A model of the catalogue, with its knobs: gpt, gpt-bench, resnet18, ….")
  var model = "gpt"

  @Option(help: "In what numbers products are computed: f32.", completion: .list(["f32"]))
  var precision = "f32"

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
    guard precision == "f32" else { throw CommandFailure.usage("--precision \(precision): expected f32") }
    let bench = try TrainBench(model: model, optimizer: optimizer, batch: batch, threads: threads, seconds: seconds)
    let row = bench.run(profiles: profile)
    try printResult(format == .json ? bench.json(of: row).serialized : bench.text(of: row))
  }
}
