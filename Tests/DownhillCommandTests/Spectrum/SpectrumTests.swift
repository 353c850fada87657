import DownhillFiles
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Tests/Fixtures/spectra.json, written by Tools/golden/spectra.py in NumPy.
struct SpectraFixture: Decodable {
  struct Spectrum: Decodable, Sendable {
    let singularValues: [Double]
    let stableRank: Double
    let condition: Double
    let orthogonalityError: Double
  }

  struct Case: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]
    let plain: Spectrum
    let quintic: Spectrum
    let svd: Spectrum
  }

  let cases: [Case]

  static let shared = Result {
    try JSONDecoder().decode(
      SpectraFixture.self, from: Data(contentsOf: Repository.fixtures.appending(path: "spectra.json")))
  }
}

@Suite("Spectra of files")
struct SpectrumTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The file of all cases, named by their places.
  private func writeCases() throws -> [SpectraFixture.Case] {
    let cases = try SpectraFixture.shared.get().cases
    let tensors = try cases.enumerated().map { place, one in
      try TensorData(name: "m\(place)", shape: one.shape, values: one.values)
    }
    _ = try folder.write(try SafetensorsFile(tensors).serialized(), to: "m.safetensors")
    return cases
  }

  private func spectrum(_ more: [String] = [], file: String = "m.safetensors") async throws -> JSONValue {
    try await json(["spectrum", file] + more, in: folder.path)
  }

  /// Numbers of 16 digits through some dozen roundings; σ of an orthogonalised matrix twice as many.
  private func check(_ found: JSONValue, _ expected: SpectraFixture.Spectrum, within tolerance: Double) throws {
    let sigma = try found["singularValues"].doubles
    try #require(sigma.count == expected.singularValues.count)
    for (a, b) in zip(sigma, expected.singularValues) { #expect(abs(a - b) <= tolerance * expected.singularValues[0]) }
    #expect(try abs(found["stableRank"].double - expected.stableRank) <= tolerance * expected.stableRank)
    #expect(
      try abs(found["condition"].double - expected.condition) <= tolerance * expected.condition * expected.condition)
    #expect(try abs(found["orthogonalityError"].double - expected.orthogonalityError) <= 10 * tolerance)
  }

  @Test("are NumPy's, as read and behind an orthogonaliser")
  func reference() async throws {
    let cases = try writeCases()
    let quintic = try await spectrum(["--orthogonalizer", "quintic,steps=5"])["matrices"].elements
    let exact = try await spectrum(["--orthogonalizer", "svd"])["matrices"].elements
    #expect(quintic.count == cases.count && exact.count == cases.count)
    for (place, one) in cases.enumerated() {
      #expect(try quintic[place]["name"].string == "m\(place)")
      #expect(try quintic[place]["shape"].doubles == one.shape.map { Double($0) })
      try check(quintic[place], one.plain, within: 1e-14)
      try check(quintic[place]["orthogonalized"], one.quintic, within: 1e-12)
      try check(exact[place]["orthogonalized"], one.svd, within: 1e-12)
      #expect(try exact[place]["orthogonalized"]["deviation"].double < 1e-12)
      #expect(try quintic[place]["orthogonalized"]["deviation"].double > 1e-3)
    }
  }

  @Test("without an orthogonaliser have no second half, and of chosen tensors those alone")
  func plain() async throws {
    let cases = try writeCases()
    let result = try await spectrum(["--tensor", "m2", "--tensor", "m0"])
    #expect(try result.names == ["file", "orthogonalizer", "matrices", "skipped"])
    #expect(try result["file"].string == "m.safetensors" && result["orthogonalizer"] == .null)
    let matrices = try result["matrices"].elements
    #expect(try matrices.map { try $0["name"].string } == ["m0", "m2"])
    #expect(
      try matrices[0].names == [
        "name", "shape", "type", "singularValues", "stableRank", "condition", "orthogonalityError",
      ])
    try check(matrices[1], cases[2].plain, within: 1e-14)
  }

  /// 1.5, −0.25, 2⁻¹⁴ (normal), 2⁻²⁴ (subnormal in binary16), 0 and 3.
  @Test("read 16 and 32 bits exactly", arguments: [ElementType.float32, .float16, .bfloat16])
  func types(type: ElementType) async throws {
    let values = [1.5, -0.25, 0x1p-14, 0x1p-24, 0, 3]
    let bits: [UInt16] =
      type == .float16
      ? [0x3E00, 0xB400, 0x0400, 0x0001, 0x8000, 0x4200] : values.map { UInt16(Float($0).bitPattern >> 16) }
    let bytes =
      type == .float32
      ? FileBytes(
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: Float(value).bitPattern >> (8 * $0)) } })
      : FileBytes(bits.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    let tensors = [
      try TensorData(name: "narrow", type: type, shape: [2, 3], bytes: bytes),
      try TensorData(name: "wide", shape: [2, 3], values: values),
    ]
    _ = try folder.write(try SafetensorsFile(tensors).serialized(), to: "m.safetensors")
    let matrices = try await spectrum()["matrices"].elements
    let found = Dictionary(uniqueKeysWithValues: try matrices.map { (try $0["name"].string, $0) })
    #expect(try found["narrow"]?["type"].string == type.rawValue)
    #expect(try found["narrow"]?["singularValues"] == found["wide"]?["singularValues"])
  }

  @Test("of matrices that have none, or no rank, say so")
  func degenerate() async throws {
    let tensors = [
      try TensorData(name: "zero", shape: [2, 2], values: [0.0, 0, 0, 0]),
      try TensorData(name: "rank one", shape: [2, 2], values: [1.0, 0, 1, 0]),
      try TensorData(name: "huge", shape: [2, 2], values: [1e300, 0, 0, 1e200]),
      try TensorData(name: "bias", shape: [3], values: [1.0, 2, 3]),
      try TensorData(name: "whole", shape: [2, 2], values: [Int64(1), 2, 3, 4]),
      try TensorData(name: "empty", shape: [0, 3], values: [Double]()),
    ]
    _ = try folder.write(try SafetensorsFile(tensors).serialized(), to: "m.safetensors")
    let result = try await spectrum(["--orthogonalizer", "quintic"])
    let found = Dictionary(
      uniqueKeysWithValues: try result["matrices"].elements.map { (try $0["name"].string, $0) })
    #expect(Set(found.keys) == ["zero", "rank one", "huge"])
    #expect(try found["zero"]?["singularValues"].doubles == [0, 0] && found["zero"]?["stableRank"] == .null)
    #expect(try found["zero"]?["orthogonalized"]["singularValues"].doubles == [0, 0])
    #expect(try found["rank one"]?["stableRank"].double == 1 && found["rank one"]?["condition"] == .null)
    #expect(try found["rank one"]?["orthogonalityError"].double == 1)
    #expect(try found["huge"]?["singularValues"].doubles == [1e300, 1e200])
    let skipped = try result["skipped"].elements.map { "\(try $0["name"].string) \(try $0["reason"].string)" }
    #expect(Set(skipped) == ["whole is of type I64", "empty is empty"])
    let text = try await output(["spectrum", "m.safetensors"], in: folder.path)
    #expect(text.contains("zero") && text.contains("–") && text.contains("∞") && text.contains("left out: \"whole\""))
  }

  @Test(
    "are drawn as XML", arguments: [[], ["--orthogonalizer", "quintic"], ["--theme", "dark", "--size", "column"]])
  func drawing(more: [String]) async throws {
    _ = try writeCases()
    let text = try await output(["spectrum", "m.safetensors", "--out", "a.svg"] + more, in: folder.path)
    #expect(text.contains("orthogonality error") && text.contains("m7") && text.contains("2 × 3 × 2 × 2"))
    #expect(text.contains("quintic") == more.contains("quintic"))
    let data = try Data(contentsOf: URL(filePath: folder.file("a.svg")))
    #expect(XMLParser(data: data).parse())
    let drawing = String(decoding: data, as: UTF8.self)
    #expect(drawing.contains("8 matrices") && !drawing.contains("nan") && !drawing.contains("inf"))
    #expect(drawing.contains("behind quintic") == more.contains("quintic"))
  }

  private static func file(_ values: [Double], _ shape: [Int] = [2, 2]) -> [UInt8] {
    let tensor = try? TensorData(name: "w", shape: shape, values: values)
    return (try? SafetensorsFile([tensor].compactMap { $0 }).serialized()) ?? []
  }

  private static let good = file([1, 2, 3, 4])

  private static func hostile(
    _ bytes: [UInt8]?, more: String = "", status: Int32 = 65, _ fragments: String...
  ) -> WrongInput {
    let input = WrongInput(status, ["spectrum", "W"] + more.split(separator: " ").map(String.init), fragments)
    return bytes.map { input.with($0, in: "W") } ?? input
  }

  static let wrong: [WrongInput] = [
    hostile(nil, status: 74, "W: ", "no such file"),
    hostile([], "W: the file is empty"),
    hostile(Array("not tensors at all".utf8), "W: "),
    hostile(good.dropLast(5), "W: ", "w"),
    hostile(Array(good.prefix(7)), "W: "),
    hostile(file([1, .nan, 3, 4]), "W: number 1 of tensor \"w\" is nan"),
    hostile(file([1, 2, 3, -.infinity]), "number 3 of tensor \"w\" is -inf"),
    hostile(file([1, 2, 3, 4], [4]), "W: there is no matrix of floating-point numbers"),
    hostile(file([], [0, 4]), "there is no matrix", "\"w\" is empty"),
    hostile(good, more: "--tensor v", "there is no tensor \"v\"; there are \"w\""),
    hostile(file([1, 2, 3, 4], [4]), more: "--tensor w", "there is no matrix", "\"w\" is no matrix"),
    hostile(
      good, more: "--orthogonalizer quintics", status: 64, "--orthogonalizer quintics", "did you mean \"quintic\"?"),
    hostile(good, more: "--orthogonalizer quintic,steps=-1", status: 64, "steps=-1 is out of range"),
    hostile(good, more: "--orthogonalizer quintic,stesp=5", status: 64, "unknown knob \"stesp\"", "steps"),
    hostile(good, more: "--orthogonalizer quintic,lr=1", status: 64, "lr is no setting of an orthogonaliser", "steps"),
    hostile(
      good, more: "--orthogonalizer quintic,heads=2", status: 64, "heads is no setting of an orthogonaliser",
      "precision"),
    hostile(good, more: "--orthogonalizer ,steps=1", status: 64, "--orthogonalizer ,steps=1"),
    hostile(good, more: "--orthogonalizer quintic,eps=linear(1,total=5)", status: 64, "--orthogonalizer"),
    hostile(good, more: "--out a.gif", status: 64, "--out a.gif", ".svg, .png, .pdf, .json"),
    hostile(good, more: "--out none/a.svg", status: 74, "none/a.svg: "),
    WrongInput(64, "spectrum", "<file>"),
    WrongInput(74, "spectrum .", ".: "),
  ]

  @Test("refuse what they cannot read", arguments: wrong)
  func refusals(_ input: WrongInput) async throws { try await input.check() }
}
