import ArgumentParser
import Downhill
import DownhillLab
import DownhillMatrix

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time the kernels beside their limits.",
    discussion: """
      Examples:
        downhill bench rules
        downhill bench rules --count 1000000 --only adamw
        downhill bench muon --shapes 256x256x8
        downhill bench orthogonalize --shapes 64x64,1024x256 --precision f32
        downhill bench train --model gpt
      """,
    subcommands: [
      BenchRulesCommand.self, BenchMuonCommand.self, BenchOrthogonalizeCommand.self, BenchTrainCommand.self,
    ])
}

struct BenchRulesCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Time every elementwise rule beside a loop of the same memory traffic without arithmetic.",
    discussion: """
      Examples:
        downhill bench rules
        downhill bench rules --threads 1 --format json
        downhill bench rules --count 1000000 --only adamw --only clip:value=1/adamw
        downhill bench rules --bfloat16-moments --only adamw
      """)

  @Option(parsing: .unconditional, help: "How many weights, in float32.")
  var count: Int = 10_000_000

  @Option(help: "A spec to time in place of all; repeat for more.", completion: .optimizer)
  var only: [String] = []

  @Option(parsing: .unconditional, help: "Timed rounds; medians are reported.")
  var rounds: Int = 15

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores by default.")
  var threads: Int?

  @Flag(help: "Keep moments in bfloat16; of the rules that can, beside the limit of float32.")
  var bfloat16Moments = false

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    guard (1...1_000_000_000).contains(count) else {
      throw CommandFailure.usage("--count \(count) is out of range [1, 1000000000]")
    }
    guard (1...1000).contains(rounds) else {
      throw CommandFailure.usage("--rounds \(rounds) is out of range [1, 1000]")
    }
    if let threads, !(1...1024).contains(threads) {
      throw CommandFailure.usage("--threads \(threads) is out of range [1, 1024]")
    }
    let catalogue = Catalogue.full
    let specs =
      only.isEmpty
      ? try RuleBench.standardSpecs(of: catalogue)
      : try only.map { (text) throws(SpecError) in (text: text, spec: try catalogue.parse(text)) }
    if let perturbed = specs.first(where: { $0.spec.perturbation != nil }) {
      throw CommandFailure.usage("\(perturbed.text) takes a second gradient; bench rules times a step with one")
    }
    if let matrix = specs.first(where: { !$0.spec.rule.entry.isElementwise }) {
      throw CommandFailure.usage("\(matrix.text) is no elementwise rule; bench rules times those alone")
    }
    let storage = StorageFormat(moments: bfloat16Moments ? .bfloat16 : .full)
    let kept = only.isEmpty ? specs.filter { $0.spec.fits(storage) } : specs
    let bench = RuleBench(count: count, specs: kept, rounds: rounds, threads: threads, format: storage)
    let rows = try bench.run()
    try printResult(format == .json ? bench.json(of: rows).serialized : bench.table(of: rows))
  }
}
