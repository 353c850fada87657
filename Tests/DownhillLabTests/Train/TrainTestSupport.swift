import DownhillFiles
import DownhillLab
import Foundation
import TestSupport
import Testing

/// A break in the middle of a run, as a kill makes it: nothing is written after it.
struct Break: Error {}

/// Small runs for tests.
enum SmallRun {
  /// Settings as `--key value`.
  static func setup(_ arguments: [(String, String)], config: String? = nil) throws -> TrainSetup {
    var settings = arguments.map { TrainSetting($0.0, $0.1) }
    if !arguments.contains(where: { $0.0 == "threads" }), config == nil {
      settings.append(TrainSetting("threads", "1"))
    }
    return try TrainSetup(file: config, settings: settings, version: "test")
  }

  /// Says nothing, and breaks off when a line begins so.
  static func output(breakingAt start: String? = nil) -> TrainOutput {
    TrainOutput { line in if let start, line.hasPrefix(start) { throw Break() } }
  }

  /// Trains to the end.
  @discardableResult
  static func train(
    _ arguments: [(String, String)], to path: String, trace: String? = nil, breakingAt start: String? = nil
  ) throws -> TrainResult {
    try TrainRun.start(setup(arguments), at: path, trace: trace, output(breakingAt: start))
  }

  @discardableResult
  static func resume(_ path: String, breakingAt start: String? = nil) throws -> TrainResult {
    try TrainRun.resume(path, version: "test", output(breakingAt: start))
  }

  static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// A network that takes no time.
  static let tiny: [(String, String)] = [
    ("model", "mlp:width=8,depth=1"), ("data", "spirals:count=100"), ("batch", "10"), ("steps", "20"),
    ("eval-every", "5"),
  ]
}

/// A kind of run whose state has parts of its own.
struct RunKind: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let arguments: [(String, String)]

  init(_ name: String, _ arguments: [(String, String)]) { (testDescription, self.arguments) = (name, arguments) }

  private static func tiny(_ name: String, _ more: [(String, String)]) -> RunKind {
    RunKind(name, SmallRun.tiny + more)
  }

  static let all: [RunKind] = [
    tiny("AdamW under a schedule", [("optimizer", "clip:global-norm=1/adamw:lr=cosine(0.01,warmup=3,total=20)")]),
    tiny("averages of the weights", [("optimizer", "ema:decay=0.9/sgd:lr=0.05,momentum=0.9")]),
    tiny("Lookahead", [("optimizer", "lookahead:k=3/adam:lr=0.01")]),
    tiny("schedule-free", [("optimizer", "schedule-free-adamw:lr=0.01")]),
    tiny("SAM", [("optimizer", "sam:rho=0.05/sgd:lr=0.05,momentum=0.9")]),
    tiny("ASAM over several batches", [("optimizer", "asam:rho=0.5/adam:lr=0.01"), ("accumulate", "2")]),
    tiny("a schedule that follows the loss", [("optimizer", "sgd:lr=plateau(0.3,patience=0)"), ("eval-every", "2")]),
    tiny("gathered batches", [("accumulate", "3")]),
    tiny("importance sampling", [("sampling", "lipschitz")]),
    tiny("label noise and smoothing", [("label-noise", "0.3"), ("label-smoothing", "0.1")]),
    tiny("patience", [("patience", "1"), ("optimizer", "sgd:lr=0.3,momentum=0.9"), ("steps", "60")]),
    tiny("another rule after a while", [("optimizer", "switch:at=8,to=(sgd:lr=0.05)/adam:lr=0.01")]),
    RunKind(
      "running statistics and augmentation",
      [
        ("model", "resnet20:width=4"), ("data", "patterns:count=60"), ("batch", "6"), ("steps", "8"),
        ("eval-every", "2"), ("augment", "crop:padding=2/flip"), ("optimizer", "sgd:lr=0.05,momentum=0.9"),
        ("threads", "2"),
      ]),
    RunKind(
      "dropout and Muon",
      [
        ("model", "gpt:layers=1,heads=2,width=16,dropout=0.2"), ("data", "grammar:count=3000"), ("context", "16"),
        ("batch", "3"), ("steps", "12"), ("eval-every", "3"), ("optimizer", "muon:lr=0.02"), ("threads", "2"),
      ]),
  ]
}
