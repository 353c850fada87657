import Testing

/// What the clock says is Benchmarks' business; here only that there is an answer, and of what form.
@Suite("The benchmark of training")
struct TrainBenchTests {
  static let small = "gpt:layers=1,heads=2,width=16,context=8,vocabulary=5"

  @Test(
    "a model has the members of the contract",
    arguments: [
      (small, "2", "tokensPerSecond", 16 * (12 * 16 + 2) + 16 + 13 * 16), ("resnet20", "1", "imagesPerSecond", 272_474),
    ])
  func members(model: String, batch: String, rate: String, parameters: Int) async throws {
    let result = try await json(["bench", "train", "--model", model, "--batch", batch, "--seconds", "0"])
    let members = ["model", "millisecondsPerStep", rate, "parameters", "peakMemoryBytes"]
    #expect(try result.names.filter { members.contains($0) } == members)
    #expect(try result["model"].string == model)
    #expect(try result["parameters"].double == Double(parameters))
    #expect(try result["millisecondsPerStep"].double > 0 && result[rate].double > 0)
    #expect(try result["peakMemoryBytes"].double > 1e6)
    let share = try result["optimizerShare"].double
    #expect(share > 0 && share < 1)
    #expect(try result["steps"].double == 5)
  }

  /// Three products a weight, one forward and two backward; scores and means of the pairs that see each other.
  @Test("products are counted as their definition says")
  func flops() async throws {
    let result = try await json(["bench", "train", "--model", Self.small, "--batch", "2", "--seconds", "0"])
    let (tokens, width) = (16.0, 16.0)
    let linear = 6 * tokens * (12 * width * width + 5 * width)
    let pairs = 2 * 8 * 9 / 2.0
    #expect(try result["flops"].double == linear + 12 * pairs * width)
  }

  @Test("a rule for matrices gets those that it has in a run")
  func matrices() async throws {
    let arguments = ["bench", "train", "--model", Self.small, "--batch", "1", "--seconds", "0", "--optimizer", "muon"]
    let result = try await json(arguments)
    #expect(try result["optimizer"].elements.map { try $0.string } == ["role=hidden|convolution: muon", "rest: adamw"])
    #expect(try await output(arguments).contains("role=hidden|convolution: muon"))
  }

  @Test("products of bfloat16 are told, and a profile has every operation, in both directions")
  func profile() async throws {
    let result = try await json([
      "bench", "train", "--model", Self.small, "--batch", "2", "--seconds", "0", "--precision", "bf16", "--profile",
    ])
    let precision = try result["precision"].string
    #expect(["bf16", "f32"].contains(precision))
    let operations = try result["profile"]["operations"].elements
    let kinds = Set(try operations.map { "\(try $0["operation"].string) \(try $0["pass"].string)" })
    for kind in ["linear", "attention", "row normalization", "addition", "embedding", "cross entropy"] {
      #expect(kinds.contains("\(kind) forward") && kinds.contains("\(kind) backward"))
    }
    #expect(kinds.contains("optimizer "))
    let (sum, flops) = (try operations.reduce(0) { $0 + (try $1["flops"].double) }, try result["flops"].double)
    #expect(sum == flops)
    let times = try operations.map { try $0["milliseconds"].double }
    #expect(times == times.sorted(by: >))
  }
}
