import TestSupport
import Testing

@Suite("Help and version")
struct HelpTests {
  private static let commands = [
    "race", "explain", "rules", "orthogonalizers", "landscapes", "train", "resume", "generate",
    "evaluate", "replay", "data", "bench",
  ]

  @Test("names every command")
  func overview() async throws {
    for arguments in [["--help"], ["help"], []] {
      let text = try await output(arguments)
      for command in Self.commands { #expect(text.contains("\n  \(command) "), "\(command)") }
      #expect(text.contains("USAGE: downhill"))
    }
  }

  @Test("is a number in three parts")
  func version() async throws {
    #expect(try await output(["--version"]).wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(
    "of a command has its options",
    arguments: [
      (
        ["race"],
        [
          "--optimizer", "--start", "--steps", "--seed", "--noise", "--precision", "--inspect", "--out", "--format",
          "--data", "--target", "--held-out", "--batch", "--domain",
        ]
      ),
      (
        ["replay"],
        [
          "--optimizer", "--weights", "--gradients", "--out", "--state", "--resume", "--steps", "--evaluation-out",
          "--rest", "--format",
        ]
      ),
      (["explain"], ["--steps", "--gradient", "--out", "--theme", "--size", "--format"]),
      (["data", "list"], ["--format"]), (["data", "fetch"], ["--format"]),
      (
        ["data", "describe"],
        [
          "--format", "--tokens", "--context", "--held-out", "--target", "--image-size", "--augment", "--label-noise",
          "--corrupt", "--sampling", "--data-seed",
        ]
      ),
      (
        ["train"],
        [
          "--data", "--optimizer", "--rest", "--group", "--freeze", "--steps", "--epochs", "--batch", "--accumulate",
          "--eval-every", "--checkpoint-every", "--patience", "--from", "--seed", "--init-seed", "--data-seed",
          "--threads", "--trace", "--config", "--out", "--label-smoothing", "--evaluate", "--tokens", "--format",
        ]
      ),
      (["resume"], ["--format"]),
      (
        ["generate"],
        [
          "--prompt", "--tokens", "--temperature", "--top-k", "--top-p", "--seed", "--model", "--tokenizer",
          "--checkpoint", "--threads", "--format",
        ]
      ),
      (
        ["evaluate"],
        [
          "--data", "--part", "--batch", "--context", "--held-out", "--corrupt", "--model", "--tokenizer",
          "--checkpoint",
          "--threads", "--format",
        ]
      ),
      (["rules"], ["--format"]), (["landscapes"], ["--format"]), (["bench", "rules"], ["--count", "--format"]),
      (["bench", "muon"], ["--shapes", "--precision", "--format"]),
      (["bench", "orthogonalize"], ["--shapes", "--orthogonalizer", "--precision", "--format"]),
      (["orthogonalizers"], ["--steps", "--out", "--theme", "--size", "--format"]),
    ])
  func options(command: [String], options: [String]) async throws {
    let text = try await output(command + ["--help"])
    for option in options { #expect(text.contains(" \(option)"), "\(option)") }
    #expect(text.contains("Examples:"))
    #expect(try await output(["help"] + command) == text)
  }

  @Test(
    "gives examples that run",
    arguments: [
      [], ["race"], ["explain"], ["rules"], ["orthogonalizers"], ["landscapes"], ["data"], ["data", "list"],
      ["data", "describe"], ["bench", "rules"],
    ])
  func examples(command: [String]) async throws {
    let folder = try TemporaryFolder()
    // Wide enough that no example is wrapped.
    let run = try await downhill(command + ["--help"], environment: ["COLUMNS": "200"])
    let help = run.output.replacing("\\\n", with: " ")
    let lines = help.split(separator: "\n").filter { $0.hasPrefix("  downhill ") }
    #expect(lines.count >= 2)
    for line in lines {
      // No example has a space between quotation marks.
      let arguments = line.split(separator: " ").dropFirst().map { String($0).replacing("\"", with: "") }
      // These want files of the reader's, a program that may be missing, or all the memory there is.
      let isHeavy = arguments.contains {
        $0.hasSuffix(".csv") || $0.hasSuffix(".png") || $0.hasSuffix(".safetensors") || $0 == "bench"
          || $0 == "train" || $0.hasPrefix("runs/")
      }
      if !isHeavy { #expect(try await output(arguments, in: folder.path) != "", "\(line)") }
    }
  }
}
