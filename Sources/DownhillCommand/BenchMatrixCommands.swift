import ArgumentParser
import Downhill
import DownhillBase
import DownhillLab
import DownhillMatrix

/// What `bench muon` and `bench orthogonalize` share.
struct MatrixBenchOptions: ParsableArguments {
  @Option(help: "Matrices, as rows x columns or rows x columns x count, with commas between.")
  var shapes = "768x768x4,3072x768,768x3072"

  @Option(help: "bf16 or f32.", completion: .list(["bf16", "f32"]))
  var precision = "bf16"

  @Option(
    help: "Whose polynomials, such as quintic or polar-express.",
    completion: .list(CoefficientTable.allCases.map { "\($0.knobName)" }))
  var orthogonalizer = "quintic"

  @Option(parsing: .unconditional, help: "Newton-Schulz steps.")
  var steps = 5

  @Option(parsing: .unconditional, help: "Timed rounds; medians are reported.")
  var rounds = 15

  @Option(parsing: .unconditional, help: "Threads; as many as there are cores by default.")
  var threads: Int?

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func bench() throws -> MuonBench {
    guard (1...1000).contains(rounds) else {
      throw CommandFailure.usage("--rounds \(rounds) is out of range [1, 1000]")
    }
    guard (1...99).contains(steps) else { throw CommandFailure.usage("--steps \(steps) is out of range [1, 99]") }
    if let threads, !(1...1024).contains(threads) {
      throw CommandFailure.usage("--threads \(threads) is out of range [1, 1024]")
    }
    let shapes = try MatrixShapes(shapes)
    let precisions = [Orthogonalization.Precision.bfloat16, .float]
    guard let precision = precisions.first(where: { "\($0.knobName)" == precision }) else {
      throw CommandFailure.usage("--precision \(precision): expected bf16 or f32")
    }
    guard let table = CoefficientTable.allCases.first(where: { "\($0.knobName)" == orthogonalizer }) else {
      let names = CoefficientTable.allCases.map { "\($0.knobName)" }.joined(separator: ", ")
      throw CommandFailure.usage("--orthogonalizer \(orthogonalizer): expected one of \(names)")
    }
    return MuonBench(
      shapes: shapes, orthogonalizer: Orthogonalizer(.newtonSchulz(table), steps: steps, precision: precision),
      rounds: rounds, threads: threads)
  }
}

struct BenchMuonCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "muon",
    abstract:
      "Time whole Muon steps over matrices, with their error and the part of the machine's peak that they reach.",
    discussion: """
      The error is relative, beside the same polynomial in Double: the worse of normally distributed numbers and of
      singular values from 1 to 1e-6.

      Examples:
        downhill bench muon
        downhill bench muon --shapes 256x256x8 --precision f32
        downhill bench muon --shapes 768x768x4,3072x768,768x3072 --format json
      """)

  @OptionGroup var options: MatrixBenchOptions

  func report() async throws {
    let bench = try options.bench()
    let row = try bench.step()
    let peak = bench.peakFlops()
    try printResult(
      options.format == .json
        ? bench.json(ofStep: row, peakFlops: peak).serialized : bench.text(ofStep: row, peakFlops: peak))
  }
}

struct BenchOrthogonalizeCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "orthogonalize",
    abstract: "Time the orthogonalisation of matrices by itself, shape by shape.",
    discussion: """
      Examples:
        downhill bench orthogonalize --shapes 64x64,768x768,256x1024
        downhill bench orthogonalize --orthogonalizer polar-express --precision f32 --format json
      """)

  @OptionGroup var options: MatrixBenchOptions

  func report() async throws {
    let bench = try options.bench()
    let rows = bench.shapes.entries.map { bench.orthogonalization(of: $0) }
    let peak = bench.peakFlops()
    try printResult(
      options.format == .json
        ? bench.json(ofOrthogonalizations: rows, peakFlops: peak).serialized
        : bench.table(ofOrthogonalizations: rows, peakFlops: peak))
  }
}
