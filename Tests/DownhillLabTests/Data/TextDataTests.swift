import DownhillLab
import TestSupport
import Testing

@Suite("Text to train on")
struct TextDataTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func split(_ text: String, _ change: (inout DataOptions) -> Void = { _ in }) throws -> DataSplit {
    var options = DataOptions()
    options.context = 4
    change(&options)
    return try DataSplit(folder.write(text, to: "T.txt"), options)
  }

  private static let alphabet = String((0..<100).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })

  @Test("holds out its last tenth, in windows that ask for each token once")
  func heldOut() throws {
    let split = try split(Self.alphabet)
    #expect(split.training.count == 90 - 4)
    let batches = try #require(split.heldOutBatches(of: 5))
    #expect(batches.sampleCount == 3)
    let batch = batches.makeBatch()
    try batches.fill(batch, number: 0)
    let tokenizer = try #require(split.tokenizer)
    let tail = Array(Self.alphabet.suffix(10))
    #expect(tokenizer.decode(batch.tokens.prefix(9)) == String(tail.prefix(9)))
    #expect(tokenizer.decode(batch.classes.filter { $0 >= 0 }) == String(tail.dropFirst()))
    #expect(batch.classes[9...].allSatisfy { $0 == -1 })
  }

  @Test("gives windows that begin anywhere, each target the next token")
  func windows() throws {
    let split = try split(Self.alphabet)
    let source = try split.batches(of: 40, seed: 1)
    let batch = source.makeBatch()
    var starts = Set<Int>()
    for number in 0..<20 {
      try source.fill(batch, number: number)
      for row in 0..<40 {
        let (tokens, classes) = (batch.tokens[4 * row..<4 * row + 4], batch.classes[4 * row..<4 * row + 4])
        #expect(Array(tokens.dropFirst()) == Array(classes.dropLast()))
        starts.insert(batch.places[row])
      }
    }
    #expect(starts == Set(0..<86))
  }

  @Test("shows every token once an epoch where it is shuffled")
  func shuffled() throws {
    let split = try split(Self.alphabet) { $0.sampling = .shuffled }
    #expect(split.training.count == 23)
    let batches = OrderedBatches(split.training, size: 23)
    let batch = batches.makeBatch()
    try batches.fill(batch, number: 0)
    let shown = try #require(split.tokenizer).decode(batch.classes.filter { $0 >= 0 })
    #expect(shown == String(Self.alphabet.prefix(90).dropFirst()))
  }

  @Test("is cut at the same character whatever a token is")
  func cut() throws {
    let text = String(repeating: "déjà vu 🙂 ", count: 20)
    let held = try [TokenUnit.character, .byte].map { unit in
      let split = try split(text) { $0.unit = unit }
      let batches = try #require(split.heldOutBatches(of: 100))
      let batch = batches.makeBatch()
      try batches.fill(batch, number: 0)
      let first = try #require(batch.tokens.first)
      return try #require(split.tokenizer).bytes(of: [first] + batch.classes.filter { $0 >= 0 })
    }
    #expect(held[0] == held[1])
    #expect(held[0] == Array(String(text.suffix(20)).utf8))
  }

  @Test(
    "that is too little or no text is refused",
    arguments: [
      (Array("ab".utf8), "too little text: the part to train on has 1 tokens, expected at least 2"),
      (Array("abcdefgh".utf8), "too little text: the part held out has 1 tokens, expected at least 2"),
      ([0x61, 0xFF, 0x62], "not UTF-8 text"), ([], "the file is empty"),
      ([0xED, 0xA0, 0x80, 0x61], "not UTF-8 text"), ([0xC0, 0xAF], "not UTF-8 text"),
    ])
  func refused(bytes: [UInt8], message: String) throws {
    let path = try folder.write(bytes, to: "T.txt")
    #expect(thrownMessage { _ = try DataSplit(path) } == "\(path): \(message)")
  }

  @Test("of the grammar is the same for a seed, and tells what no model can beat")
  func grammar() throws {
    var text = GrammarText()
    text.count = 5000
    let made = text.make()
    #expect(made.text == text.make().text)
    #expect(made.text.utf8.count >= 5000 && made.text.hasSuffix(".\n"))
    #expect((0.35..<0.6).contains(made.entropy))
    text.seed = 1
    #expect(made.text != text.make().text)
    // A subject of the plural has an s, and its verb has none.
    let verbs = ["sing", "sleep", "wait", "laugh", "dream", "shine", "follow", "see", "know", "help", "find"]
    for line in made.text.split(separator: "\n") where !line.contains("that") && !line.contains("and") {
      let words = line.dropLast().split(separator: " ").map(String.init)
      let isPlural = ["some", "these", "many", "two"].contains(words[0])
      let isSingular = ["one", "this", "every"].contains(words[0])
      guard isPlural || isSingular else { continue }
      let wrong = isPlural ? verbs.map { $0 + "s" } : verbs
      #expect(!words.contains { wrong.contains($0) }, "\(line)")
    }
  }
}
