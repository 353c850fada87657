import Downhill
import DownhillMatrix
import Foundation
import TestSupport
import Testing

/// The first four modules compile as Embedded Swift for wasm32, unchanged, ask nothing of their host, and walk to the bit
/// as they do natively.
@Suite("Embedded Swift")
struct EmbeddedTests {
  struct Case: Encodable {
    let spec: String
    let isMatrix: Bool
    let isDouble: Bool
    let steps: Int
  }

  private static let specs: [String] =
    Catalogue.full.rules.map { $0.name.description } + [
      "adamw:lr=0.01", "adamw:lr=cosine(0.05,warmup=5,total=40,final=0.1),weight-decay=0.1,amsgrad=true",
      "cautious/adamw:lr=0.02", "lamb:lr=0.01,weight-decay=0.1", "muon:lr=0.02", "muon:lr=0.02,orthogonalizer=svd",
      "muon:lr=0.02,scale=match-rms-adamw,precision=f32", "clip:global-norm=1/cautious/rmsprop:lr=0.01,centered=true",
      "adam:lr=2.2250738585072011e-3,eps=1e-300",
    ]

  private static let cases = specs.flatMap { spec in
    [false, true].flatMap { isMatrix in
      [false, true].map { Case(spec: spec, isMatrix: isMatrix, isDouble: $0, steps: 50) }
    }
  }

  @Test(
    "paths in WebAssembly have the bits of native ones; nothing is imported",
    .enabled("swiftc, clang, wasm-ld or node is not in the path") { WebAssemblyBuild.isPossible })
  func sameBits() async throws {
    let refused = Case(spec: "adamw:lr=-1", isMatrix: false, isDouble: false, steps: 1)
    let cases = Self.cases + [refused]
    let folder = try TemporaryFolder()
    let json = try folder.write([UInt8](JSONEncoder().encode(cases)), to: "cases.json")
    let script = Self.fixtures.appending(path: "walk-run.mjs")
    let output = try await WebAssemblyBuild.node(script, [Self.program().plainPath, json])
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()

    struct Interface: Decodable, Equatable {
      let imports: [String]
      let exports: [String]
    }
    let interface = try JSONDecoder().decode(Interface.self, from: Data(lines.removeFirst().utf8))
    #expect(interface == Interface(imports: [], exports: ["memory", "reserve", "walk"]))

    try #require(lines.count == cases.count)
    #expect(lines.removeLast() == "refused")
    for (found, walked) in zip(lines, Self.cases) {
      let native = try Self.native(walked)
      #expect(native.count == 2 * 50 * (walked.isMatrix ? 18 : 2) * (walked.isDouble ? 8 : 4))
      let place = "\(walked.isMatrix ? "regression" : "landscape") in \(walked.isDouble ? "Double" : "Float")"
      // Not in the expectation, which would print both.
      let isSame = found == native
      #expect(isSame, "\(walked.spec) on the \(place)")
    }
  }

  private static let modules = ["DownhillBase", "Downhill", "DownhillMatrix", "DownhillLandscapes"]
  private static let fixtures = Repository.fixtures.appending(path: "wasm")

  /// The four modules, each compiled by itself, with what node calls.
  private static func program() async throws -> URL {
    let header = Repository.sources.appending(path: "CLanes/include/CLanes.h")
    let sources = modules.map { Repository.swiftFiles(below: Repository.sources.appending(path: $0)) }
    let walk = Repository.root.appending(path: "Tests/ArchitectureTests/Walk.swift")
    let exports = [fixtures.appending(path: "walk-exports.swift"), walk]
    let runtime = fixtures.appending(path: "runtime.c")
    let inputs = sources.flatMap { $0 } + exports + [runtime, header, WebAssemblyBuild.source]
    return try await BuildCache.file("embedded", from: inputs, tools: WebAssemblyBuild.versions()) {
      let build = try WebAssemblyBuild(headers: ["CLanes": header])
      func compile(_ place: Int) async throws {
        try await build.compile(modules[place], sources[place], flags: ["-package-name", "downhill"])
      }
      try await compile(0)
      try await compile(1)
      // The last two do not import each other.
      async let matrix: Void = compile(2)
      try await compile(3)
      try await matrix
      try await build.compile("Exports", exports)
      try await build.compile(c: runtime, as: "Runtime")
      return try await build.link(modules + ["Exports", "Runtime"])
    }
  }

  /// The bytes of the path in hexadecimal digits.
  private static func native(_ walked: Case) throws(WalkError) -> String {
    let problem: WalkProblem = walked.isMatrix ? .regression : .landscape
    return walked.isDouble
      ? hexadecimal(try walk(walked.spec, on: problem, steps: walked.steps, functions: { $0.double }))
      : hexadecimal(try walk(walked.spec, on: problem, steps: walked.steps, functions: { $0.float }))
  }

  private static func hexadecimal<Number: BitwiseCopyable>(_ numbers: [Number]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return numbers.withUnsafeBytes { bytes in
      String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
  }
}
