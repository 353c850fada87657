import DownhillNN
import Foundation
import TestSupport
import Testing

@Suite("downhill train and resume")
struct TrainCommandTests {
  private static let tiny = [
    "mlp:width=8,depth=1", "--data", "spirals:count=100", "--batch", "10", "--steps", "20", "--eval-every", "5",
    "--threads", "1",
  ]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("JSON is the contract's")
  func contract() async throws {
    let result = try await json(["train"] + Self.tiny + ["--out", "run"], in: folder.path)
    #expect(try result["run"].string == "run")
    #expect(try result["model"].string == "mlp:inputs=2,classes=2,depth=1,width=8")
    #expect(try result["parameters"].double == 42)
    #expect(try result["steps"].double == 20)
    for key in ["trainLoss", "heldOutLoss", "seconds"] { #expect(try result[key].double > 0, "\(key)") }
    #expect((0...1).contains(try result["heldOutAccuracy"].double))
    let again = try await json(["resume", "run"], in: folder.path)
    #expect(try again["heldOutLoss"].double == result["heldOutLoss"].double)
  }

  @Test("the plan is printed with counts before the first step, then each evaluation")
  func report() async throws {
    let arguments =
      ["train", "mlp:width=8,depth=2", "--data", "spirals:count=100", "--steps", "4", "--eval-every", "2"]
      + ["--optimizer", "muon:lr=0.02", "--rest", "adamw:lr=2e-3", "--freeze", "role=bias", "--out", "run"]
    let text = try await output(arguments, in: folder.path)
    let lines = text.split(separator: "\n").map(String.init)
    func line(_ start: String) throws -> Int { try #require(lines.firstIndex { $0.hasPrefix(start) }, "\(text)") }
    let (muon, rest, frozen) = (try line("muon:lr=0.02"), try line("adamw:lr=0.002"), try line("frozen"))
    #expect(lines[muon].contains("role=hidden|convolution"))
    #expect(lines[muon].contains(" 2 ") && lines[muon].contains(" 80 "))
    #expect(lines[rest].contains("the rest") && lines[rest].contains(" 16 "))
    #expect(lines[frozen].contains(" 18 "))
    #expect(try line("step 0/4") > rest)
    #expect(try line("step 4/4") > line("step 2/4"))
    #expect(lines.last?.hasPrefix("run ") == true)
  }

  @Test("a profile has every pass of a step, the optimizer and what is left, and changes no bit")
  func profile() async throws {
    let text = [
      "gpt:layers=1,heads=1,width=16,context=8", "--data", "grammar:count=2000", "--context", "8", "--batch", "2",
      "--threads", "1",
    ]
    func run(_ name: String, _ more: [String]) async throws -> [JSONValue] {
      try await json(["train"] + text + ["--out", name] + more, in: folder.path)["profile"]["operations"].elements
    }
    let one = try await run("one", ["--steps", "8", "--profile"])
    let two = try await run("two", ["--steps", "8", "--profile", "--accumulate", "2"])
    func name(_ row: JSONValue) throws -> String {
      try ["operation", "shape", "pass"].map { try row[$0].string }.joined(separator: " ")
    }
    #expect(try Set(one.map(name)) == Set(two.map(name)))
    for kind in ["linear", "attention", "embedding", "optimizer", "batch and checks"] {
      #expect(try one.contains { try $0["operation"].string == kind }, "\(kind)")
    }
    for row in one {
      let title = try name(row)
      let other = try #require(try two.first { try name($0) == title })
      let passes = try row["pass"].string.isEmpty ? 1.0 : 2
      for key in ["count", "flops", "bytes"] {
        #expect(try other[key].double == passes * row[key].double, "\(title): \(key)")
      }
      #expect(try row["milliseconds"].double >= 0)
    }
    _ = try await output(["train"] + text + ["--steps", "8", "--out", "plain"], in: folder.path)
    #expect(try weights("one") == weights("plain"))
    let single = try await run("single", ["--steps", "1", "--profile"])
    #expect(single.count == one.count)
    let report = try await output(["train"] + text + ["--steps", "2", "--out", "text", "--profile"], in: folder.path)
    #expect(report.contains("times bound") && report.contains("batch and checks"))
  }

  @Test("the precision that products were computed in is told")
  func precision() async throws {
    let model = "mlp:width=8,depth=1"
    for (spec, asked) in [(model, ProductPrecision.float), ("\(model),precision=bf16", .bfloat16)] {
      let arguments = ["train", spec] + Self.tiny.dropFirst() + ["--out", "run-\(asked.knobName)"]
      let result = try await json(arguments, in: folder.path)
      #expect(try result["precision"].string == "\(asked.computed.knobName)")
      let text = try await output(arguments + ["--out", "text-\(asked.knobName)"], in: folder.path)
      #expect(text.contains("this CPU has no products of bf16") != asked.isSupported)
    }
    #expect(ProductPrecision.bfloat16.text(computedIn: .float) == "f32 since this CPU has no products of bf16")
    #expect(ProductPrecision.bfloat16.text(computedIn: .bfloat16) == "bf16")
  }

  private func weights(_ run: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.file("\(run)/weights.safetensors")))
  }

  @Test("SIGINT finishes the step, writes a checkpoint, and the run goes on to the same bits")
  func interruption() async throws {
    let arguments = ["train", "mlp", "--data", "spirals", "--steps", "600", "--threads", "1"]
    let whole = try await downhill(arguments + ["--out", "whole"], in: folder.path)
    #expect(whole.status == 0, "\(whole.errors)")
    // Once the folder is there, its log grows with the steps.
    let script = """
      "$0" "$@" --out run & pid=$!
      while [ ! -s run/metrics.jsonl ] || [ $(wc -l <run/metrics.jsonl) -lt 5 ]; do sleep 0.02; done
      kill -INT $pid; wait $pid
      """
    // A shell's background jobs ignore SIGINT from the start, but the program asks for it anew.
    let run = try await ChildProcess("/bin/sh", ["-c", script, program] + arguments, in: folder.path)
    #expect(run.status == 130, "\(run.errors)")
    #expect(run.errors.contains("downhill resume run"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("run/checkpoints"))
    #expect(!names.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.file("run/weights.safetensors")))
    let resumed = try await downhill(["resume", "run"], in: folder.path)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try weights("whole") == weights("run"))
  }

  @Test("two processes do not work on one run")
  func lock() async throws {
    let script = """
      "$0" train mlp --data spirals --steps 100000 --out run >/dev/null 2>&1 & pid=$!
      while [ ! -s run/lock ]; do sleep 0.02; done
      "$0" resume run; status=$?
      kill -9 $pid
      exit $status
      """
    let run = try await ChildProcess("/bin/sh", ["-c", script, program], in: folder.path)
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errors.contains("works on this run"))
  }

  @Test("killed with kill -9 at random moments, runs end in the same bytes")
  func kills() async throws {
    let python = try #require(ChildProcess.find("python3"))
    let script = Repository.root.appending(path: "Tools/kill-test").plainPath
    let run = try await ChildProcess(
      python,
      [
        script, "--kills", "3", "--program", program, "--", "mlp:width=16", "--data", "spirals:count=200", "--steps",
        "120", "--checkpoint-every", "6", "--eval-every", "30",
      ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("3 kills, all runs ended in the same bytes"))
  }
}
