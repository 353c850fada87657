import DownhillFiles
import Foundation
import TestSupport
import Testing

@Suite("downhill generate and evaluate")
struct GenerateTests {
  private static let text = String(repeating: "Ännchen sang: the sea, the sea!\n", count: 30)
  private let folder: TemporaryFolder
  private let trained: JSONValue

  init() async throws {
    folder = try TemporaryFolder()
    try folder.write(Array(Self.text.utf8), to: "text.txt")
    trained = try await json(
      [
        "train", "gpt:layers=1,heads=1,width=8,context=8", "--data", "text.txt", "--steps", "4", "--batch", "2",
        "--eval-every", "2", "--threads", "1", "--out", "run",
      ], in: folder.path)
  }

  @Test("text is the prompt and so many tokens, the same for the same seed")
  func text() async throws {
    let arguments = ["generate", "run", "--prompt", "the sea", "--tokens", "30", "--seed", "5"]
    let text = try await output(arguments, in: folder.path)
    #expect(text.hasPrefix("the sea") && text.hasSuffix("\n"))
    #expect(text.unicodeScalars.count == 7 + 30 + 1)
    #expect(try await output(arguments, in: folder.path) == text)
    let other = Array(arguments.dropLast()) + ["6"]
    #expect(try await output(other, in: folder.path) != text)
  }

  @Test("JSON says what was asked and what came")
  func contract() async throws {
    let arguments = ["generate", "run", "--prompt", "Ä", "--tokens", "20", "--temperature", "0"]
    let result = try await json(arguments, in: folder.path)
    #expect(try result["run"].string == "run")
    #expect(try result["model"].string.hasPrefix("gpt:"))
    #expect(try result["prompt"].string == "Ä")
    #expect(try result["tokens"].elements.count == 20)
    #expect(try result["text"].string.unicodeScalars.count == 20)
    #expect(try await output(arguments, in: folder.path) == "Ä" + result["text"].string + "\n")
    let early = try await json(arguments + ["--checkpoint", "2"], in: folder.path)
    #expect(try early["step"].double == 2)
    let most = try await json(Array(arguments.dropLast(2)) + ["--top-k", "1", "--seed", "9"], in: folder.path)
    #expect(try most["text"].string == result["text"].string)
  }

  @Test("bytes that are no whole characters never reach the output")
  func bytes() async throws {
    let train = [
      "train", "gpt:layers=1,heads=1,width=8,context=8", "--data", "text.txt", "--tokens", "bytes", "--steps", "2",
      "--batch", "2", "--threads", "1", "--out", "bytes", "--format", "json",
    ]
    _ = try await downhill(train, in: folder.path)
    let run = try await downhill(["generate", "bytes", "--prompt", "€", "--tokens", "100"], in: folder.path)
    #expect(run.status == 0 && run.output.hasPrefix("€") && run.output.contains("\u{FFFD}"), "\(run.errors)")
  }

  @Test("the run's own data measures as training did at its end")
  func evaluation() async throws {
    let result = try await json(["evaluate", "run"], in: folder.path)
    let (loss, expected) = (try result["loss"].double, try trained["heldOutLoss"].double)
    #expect((loss - expected).magnitude < 1e-6 * expected)
    #expect(try result["accuracy"].double == trained["heldOutAccuracy"].double)
    #expect(try result["parameters"].double == trained["parameters"].double)
    #expect((try result["perplexity"].double - exp(loss)).magnitude < 1e-9 * exp(loss))
    let parts = try await ["training", "held-out", "all"].asyncMap { part in
      try await json(["evaluate", "run", "--data", "text.txt", "--part", part, "--batch", "3"], in: folder.path)
    }
    let counts = try parts.map { try $0["count"].double }
    let sums = try zip(parts, counts).map { try $0["loss"].double * $1 }
    #expect(counts[0] + counts[1] == counts[2] && counts[1] > 0)
    #expect((sums[0] + sums[1] - sums[2]).magnitude < 1e-9 * sums[2])
    #expect(try await output(["evaluate", "run"], in: folder.path).contains("perplexity"))
  }

  @Test("a file of weights is as good as its run")
  func fileOfWeights() async throws {
    let spec = try trained["model"].string
    let file = "run/weights.safetensors"
    let (of, own) = (["--model", spec, "--tokenizer", "bytes"], ["--data", "text.txt", "--part", "all"])
    // Its characters are not known, but bytes are tokens too, where there are enough of them.
    let refused = try await downhill(["evaluate", file] + of + own, in: folder.path)
    #expect(refused.status == 64 && refused.errors.contains("knows"), "\(refused.errors)")
    let bytes = [
      "train", "gpt:layers=1,heads=1,width=8,context=8", "--data", "text.txt", "--tokens", "bytes", "--steps", "2",
      "--batch", "2", "--threads", "1", "--out", "bytes",
    ]
    let run = try await json(bytes, in: folder.path)
    let given = ["--model", try run["model"].string, "--tokenizer", "bytes", "--threads", "1"]
    let ours = try await json(["evaluate", "bytes/weights.safetensors"] + given + own, in: folder.path)
    let theirs = try await json(["evaluate", "bytes"] + own, in: folder.path)
    #expect(try ours["loss"].double == theirs["loss"].double)
    let texts = try await ["bytes", "bytes/weights.safetensors"].asyncMap { path in
      let more = path == "bytes" ? [] : given
      return try await output(["generate", path, "--prompt", "sea", "--tokens", "9"] + more, in: folder.path)
    }
    #expect(texts[0] == texts[1])
  }

  @Test(
    "what cannot be done is told with its exit code",
    arguments: [
      (64, "generate run --prompt", ["--prompt"]),
      (65, "generate run --prompt ζ", ["--prompt", "the character \"ζ\" (U+03B6)"]),
      (64, "generate run --temperature -1", ["--temperature -1.0 is out of range [0, 1e6]"]),
      (64, "generate run --temperature nan", ["--temperature nan"]),
      (64, "generate run --top-k 0", ["--top-k 0"]),
      (64, "generate run --top-p 0", ["--top-p 0.0 is out of range (0, 1]"]),
      (64, "generate run --tokens -3", ["--tokens -3"]),
      (64, "generate run --threads 0", ["--threads 0"]),
      (64, "generate run --model gpt", ["--model gpt", "run is a run, which has its own"]),
      (64, "generate run --checkpoint 3", ["no checkpoint of step 3", "2, 4"]),
      (64, "generate run/weights.safetensors", ["say --model SPEC"]),
      (65, "generate greek.txt", ["greek.txt: neither a run's folder nor a file of weights"]),
      (74, "generate none", ["none: does not exist"]), (74, "evaluate none", ["none: does not exist"]),
      (65, "evaluate greek.txt", ["neither a run's folder"]),
      (64, "generate run/weights.safetensors --model gtp", ["unknown model \"gtp\""]),
      (65, "generate run/weights.safetensors --model gpt --tokenizer bytes", ["transformer.wte.weight", "shape"]),
      (65, "generate run/weights.safetensors --model mlp --tokenizer bytes", ["layers.0.weight", "not there"]),
      (65, "generate text.txt --model gpt --tokenizer bytes", ["text.txt"]),
      (64, "generate run/weights.safetensors --model gpt --tokenizer characters", ["--tokenizer characters"]),
      (74, "generate nowhere", ["nowhere: does not exist"]),
      (74, "generate .", ["no run's folder", "config.yaml"]),
      (74, "evaluate nowhere", ["nowhere: does not exist"]),
      (74, "evaluate run --data none.txt", ["none.txt"]),
      (64, "evaluate run --data spirals", ["reads tokens, but the data is rows of numbers"]),
      (65, "evaluate run --data greek.txt", ["greek.txt", "the character"]),
      (64, "evaluate run --part none", ["--part"]),
      (64, "evaluate run --batch 0", ["--batch 0"]),
      (64, "evaluate run --context 9", ["reads 8 tokens", "9"]),
      (64, "evaluate run --held-out 0", ["nothing is held out", "--part"]),
      (
        64, "evaluate run/weights.safetensors --model gpt:layers=1,heads=1,width=8,context=8,vocabulary=14",
        ["has no data of its own"]
      ),
    ])
  func wrongInput(_ status: Int32, _ command: String, _ fragments: [String]) async throws {
    try folder.write(Array("αβγδε αβγδε αβγδε αβγδε".utf8), to: "greek.txt")
    let run = try await downhill(command.split(separator: " ").map(String.init), in: folder.path)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.output == "")
    for fragment in fragments { #expect(run.errors.contains(fragment), "\(run.errors)") }
  }

  @Test("an empty prompt is none")
  func emptyPrompt() async throws {
    let run = try await downhill(["generate", "run", "--prompt", ""], in: folder.path)
    #expect(run.status == 64 && run.errors.contains("--prompt is empty"), "\(run.errors)")
  }

  @Test("a network that writes no text says so")
  func noText() async throws {
    _ = try await downhill(
      ["train", "mlp:width=4", "--data", "spirals:count=40", "--steps", "1", "--out", "points"], in: folder.path)
    let run = try await downhill(["generate", "points"], in: folder.path)
    #expect(run.status == 65 && run.errors.contains("mlp reads no tokens"), "\(run.errors)")
    let evaluated = try await json(["evaluate", "points"], in: folder.path)
    let text = try await downhill(["evaluate", "points", "--data", "grammar"], in: folder.path)
    #expect(
      text.status == 64 && text.errors.contains("reads rows of numbers, but the data is tokens"), "\(text.errors)")
    #expect(try evaluated["accuracy"].double <= 1)
    let numbers = [
      "train", "gpt:layers=1,heads=1,width=4", "--data", "modular-arithmetic:modulus=5", "--steps", "1", "--out",
      "sums",
    ]
    _ = try await downhill(numbers, in: folder.path)
    let sums = try await downhill(["generate", "sums"], in: folder.path)
    #expect(sums.status == 65 && sums.errors.contains("how text becomes tokens"), "\(sums.errors)")
  }

  @Test("a run whose weights are no numbers says so")
  func notFinite() async throws {
    let path = folder.file("run/weights.safetensors")
    let file = try SafetensorsFile(contentsOf: path)
    let first = file.tensors[0]
    let broken = try TensorData(
      name: first.name, shape: first.shape, values: [Float](repeating: .nan, count: first.shape.reduce(1, *)))
    try SafetensorsFile([broken] + file.tensors.dropFirst()).write(to: path)
    for command in ["generate", "evaluate"] {
      let run = try await downhill([command, "run"], in: folder.path)
      #expect(run.status == 65 && run.errors.contains("not finite"), "\(run.errors)")
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
    var results = [Result]()
    for element in self { results.append(try await body(element)) }
    return results
  }
}
