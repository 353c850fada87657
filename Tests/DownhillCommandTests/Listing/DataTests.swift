import Foundation
import TestSupport
import Testing

@Suite("Data on the command line")
struct DataTests {
  @Test("is listed with its knobs")
  func list() async throws {
    let listing = try await json(["data", "list"])
    #expect(try listing.names == ["made", "remote"])
    let made = try listing["made"].elements.map { try $0["name"].string }
    #expect(made == ["grammar", "spirals", "moons", "patterns", "modular-arithmetic"])
    let remote = try listing["remote"].elements.map { try $0["name"].string }
    #expect(remote == ["tinyshakespeare", "cifar10", "cifar100", "mnist", "fashion-mnist", "gpt2-tokens"])
    let text = try await output(["data", "list"])
    for name in made + remote { #expect(text.contains("\n\(name) ")) }
  }

  @Test(
    "that is made is described",
    arguments: [
      ("grammar:count=5000", "tokens", [64], 26), ("spirals", "vectors", [2], 2), ("moons:noise=0", "vectors", [2], 2),
      ("patterns:count=60", "images", [3, 32, 32], 10), ("modular-arithmetic:modulus=11", "tokens", [4], 13),
    ] as [(String, String, [Int], Int)])
  func made(name: String, kind: String, shape: [Int], outputs: Int) async throws {
    let description = try await json(["data", "describe", name])
    #expect(try description["kind"].string == kind)
    #expect(try description["inputShape"].elements.map { try Int($0.double) } == shape)
    #expect(try description["outputs"].double == Double(outputs))
    #expect(try description["heldOut"].double > 0)
    #expect(try description["samples"].elements.count == 3)
    let text = try await output(["data", "describe", name])
    #expect(text.hasPrefix("data        \(name)\n"))
    #expect(try await output(["data", "describe", name]) == text)
  }

  @Test("in a table may have numbers or classes to learn")
  func table() async throws {
    let folder = try TemporaryFolder()
    let rows = (0..<30).map { "\($0),\($0 % 3),\($0).5" }.joined(separator: "\n")
    try folder.write("a,b,c\n\(rows)\n", to: "t.csv")
    let numbers = try await json(["data", "describe", "t.csv"], in: folder.path)
    #expect(try numbers["outputs"].double == 1 && numbers["classes"].elements.isEmpty)
    let classes = try await json(["data", "describe", "t.csv", "--target", "b"], in: folder.path)
    #expect(try classes["classes"].elements.map { try $0.string } == ["0", "1", "2"])
    #expect(try classes["classCounts"].elements.reduce(0) { $0 + (try $1.double) } == 24)
  }

  static let wrong: [WrongInput] = [
    WrongInput(74, "data describe nothing.txt", "nothing.txt: "),
    WrongInput(64, "data describe spirals:cuont=3", "cuont", "count"),
    WrongInput(64, "data describe spirals:count=1", "count", "[10"),
    WrongInput(64, "data describe moons --held-out 1", "--held-out 1", "[0, 1)"),
    WrongInput(64, "data describe grammar --context 0", "--context 0", "[1, 1048576]"),
    WrongInput(64, "data describe patterns --augment turn", "turn"),
    WrongInput(64, "data describe patterns --corrupt blur:9", "blur:9", "from 1 to 5"),
    WrongInput(64, "data describe patterns --label-noise 2", "2", "[0, 1]"),
    WrongInput(64, "data describe moons --sampling some", "some", "shuffled"),
    WrongInput(64, "data describe patterns:count=40 --sampling lipschitz", "lipschitz"),
    WrongInput(74, "data describe grammar --tokens none.tiktoken", "none.tiktoken: "),
    WrongInput(65, "data describe grammar --tokens t.tiktoken", "t.tiktoken: line 2: ", "base 64").with(
      "IQ== 0\nI=== x y\n", in: "t.tiktoken"),
    WrongInput(65, "data describe t.txt", "t.txt: not UTF-8 text").with([0x61, 0xFF], in: "t.txt"),
    WrongInput(65, "data describe t.bin", "t.bin: 100 bytes", "truncated").with(
      [UInt8](repeating: 1, count: 100), in: "t.bin"),
    WrongInput(65, "data describe .", "a folder without data").with("x", in: "note"),
    WrongInput(64, "data fetch imagenet", "imagenet", "cifar10"),
  ]

  @Test("that cannot be had is told", arguments: wrong)
  func refused(input: WrongInput) async throws { try await input.check() }

  @Test("that was not fetched says how to, and without a network fetching says why not")
  func remote() async throws {
    let folder = try TemporaryFolder()
    let environment = ["DOWNHILL_DATA": folder.file("home"), "DOWNHILL_MIRROR": "http://127.0.0.1:9"]
    let missing = try await downhill(["data", "describe", "mnist"], environment: environment, in: folder.path)
    #expect(missing.status == 74)
    #expect(missing.errors.contains("downhill data fetch mnist"))
    let fetch = try await downhill(["data", "fetch", "mnist"], environment: environment, in: folder.path)
    #expect(fetch.status == 74)
    #expect(fetch.errors.contains("http://127.0.0.1:9/train-images-idx3-ubyte.gz: no network"))
  }

  /// Ten megabytes of zeros in ten kilobytes, behind a header that promises twelve.
  @Test("that would inflate without end is not inflated")
  func bomb() async throws {
    let folder = try TemporaryFolder()
    let gzip = try #require(ChildProcess.find("gzip"))
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2]
    let images = try folder.write(header + [UInt8](repeating: 0, count: 10_000_000), to: "train-images-idx3-ubyte")
    try folder.write([0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2], to: "train-labels-idx1-ubyte")
    #expect(try await ChildProcess(gzip, [images]).status == 0)
    let run = try await downhill(["data", "describe", "."], in: folder.path)
    #expect(run.status == 65)
    #expect(run.errors.contains("dimensions [3, 2, 2] take 12 bytes, but there are more"))
  }
}
