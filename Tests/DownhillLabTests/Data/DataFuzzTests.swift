import DownhillFiles
import DownhillLab
import Foundation
import TestSupport
import Testing

/// Files with bytes changed, cut and doubled: each is read or refused, and never ends the program.
@Suite("Mutated data files")
struct DataFuzzTests {
  /// More rounds where `DOWNHILL_FUZZ_ROUNDS` asks for them.
  private static let rounds = Int(ProcessInfo.processInfo.environment["DOWNHILL_FUZZ_ROUNDS"] ?? "") ?? 150

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func fixture(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: Repository.fixtures.appending(path: name)))
  }

  @Test("of byte pairs", arguments: [1, 2])
  func pairs(seed: UInt64) throws {
    var generator = FuzzGenerator(seed: seed)
    let original = try Self.fixture("tokens/small.tiktoken")
    for _ in 0..<Self.rounds {
      let bytes = mutated(original, using: &generator)
      guard let tokenizer = try? BytePairTokenizer(bytes: FileBytes(bytes), path: "T") else { continue }
      let text = "some text 123 'll   \u{1F600}"
      #expect(tokenizer.bytes(of: tokenizer.encode(text)) == Array(text.utf8))
    }
  }

  @Test(
    "of images",
    arguments: [
      "rgb.png", "palette.png", "bit.png", "smooth.jpg", "progressive.jpeg", "cmyk.jpg", "grey.jpg", "large.jpg",
    ])
  func images(name: String) throws {
    var generator = FuzzGenerator(seed: 3)
    let original = try Self.fixture("images/\(name)")
    _ = try folder.makeFolder("a")
    _ = try folder.makeFolder("b")
    try folder.write(original, to: "a/\(name)")
    var options = DataOptions()
    options.side = 9
    for _ in 0..<Self.rounds / 2 {
      try folder.write(mutated(original, using: &generator), to: "b/\(name)")
      try read(folder.path, options)
    }
  }

  @Test("of arrays and records", arguments: [4, 5])
  func records(seed: UInt64) throws {
    var generator = FuzzGenerator(seed: seed)
    let arrays = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2] + [UInt8](repeating: 9, count: 24)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 1]
    let records = [UInt8](repeating: 1, count: 3073 * 2)
    for round in 0..<Self.rounds {
      let place = try folder.makeFolder("set\(round)")
      defer { try? FileManager.default.removeItem(atPath: place) }
      let name = "set\(round)/"
      if round % 3 == 0 {
        try folder.write(mutated(records, using: &generator), to: name + "data_batch_1.bin")
      } else {
        let isLabel = round % 3 == 1
        try folder.write(isLabel ? arrays : mutated(arrays, using: &generator), to: name + "train-images-idx3-ubyte")
        try folder.write(isLabel ? mutated(labels, using: &generator) : labels, to: name + "train-labels-idx1-ubyte")
      }
      try read(place, DataOptions())
    }
  }

  @Test("of compressed arrays")
  func gzip() throws {
    var generator = FuzzGenerator(seed: 6)
    // An array of 30 × 10 × 10 zeros, by Python's gzip.compress(…, mtime=0).
    let original = try #require(Data(base64Encoded: Self.compressed)).map { $0 }
    try folder.write([0, 0, 8, 1, 0, 0, 0, 30] + [UInt8](repeating: 1, count: 30), to: "train-labels-idx1-ubyte")
    try folder.write(original, to: "train-images-idx3-ubyte.gz")
    #expect(try DataSplit(folder.path).training.count == 24)
    for _ in 0..<Self.rounds {
      try folder.write(mutated(original, using: &generator), to: "train-images-idx3-ubyte.gz")
      try read(folder.path, DataOptions())
    }
  }

  private static let compressed = "H4sIAAAAAAACA+3DsQkAIADAsIKLeIT/n6mDRzgkkJqj2vd6AQCAzx1LaYcPyAsAAA=="

  /// Reads a set and some of its samples; errors have to be told in words.
  private func read(_ path: String, _ options: DataOptions) throws {
    do {
      let split = try DataSplit(path, options)
      let source = try split.batches(of: 3, seed: 1)
      let batch = source.makeBatch()
      for number in 0..<3 { try source.fill(batch, number: number) }
    } catch {
      #expect(error is FileError, "\(error)")
    }
  }

  private func mutated(_ original: [UInt8], using generator: inout FuzzGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      // The header is where lies are worth most.
      let limit = Bool.random(using: &generator) ? min(bytes.count, 40) : bytes.count
      let place = Int.random(in: 0..<limit, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = .random(in: 0...255, using: &generator)
      case 2: bytes.removeLast(bytes.count - place)
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(contentsOf: bytes[place...].prefix(500), at: place)
      default: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }
}
