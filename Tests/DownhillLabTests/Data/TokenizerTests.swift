import DownhillFiles
import DownhillLab
import Foundation
import TestSupport
import Testing

@Suite("Tokens of text")
struct TokenizerTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let text: String
      let small: [Int32]
      let gpt2: [Int32]
    }

    let cases: [Case]
  }

  private static let folder = Repository.fixtures.appending(path: "tokens")

  private static func cases() throws -> [Fixture.Case] {
    try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: folder.appending(path: "tokens.json"))).cases
  }

  @Test("by ranks trained on little text are tiktoken's")
  func small() throws {
    let tokenizer = try BytePairTokenizer(contentsOf: Self.folder.appending(path: "small.tiktoken").plainPath)
    for each in try Self.cases() {
      #expect(tokenizer.encode(each.text) == each.small, "\(each.text.debugDescription)")
      #expect(tokenizer.bytes(of: each.small) == Array(each.text.utf8))
    }
  }

  @Test(
    "by GPT-2's ranks are tiktoken's",
    .enabled(if: Repository.hasSharedData, "needs ../shared/data beside the repository"))
  func full() throws {
    let tokenizer = try BytePairTokenizer(contentsOf: Repository.data("gpt2.tiktoken"))
    #expect(tokenizer.vocabulary == 50257)
    for each in try Self.cases() { #expect(tokenizer.encode(each.text) == each.gpt2, "\(each.text.debugDescription)") }
    #expect(Tokenizer.bytePairs(tokenizer).decode([50256]) == "<|endoftext|>")
    #expect(tokenizer.bytes(of: [-1, 50257, 15496]) == Array("Hello".utf8))
  }

  /// A piece of a million bytes takes no time that grows with its square.
  @Test("of one endless word are found in a moment", arguments: ["a", " ", "ab", "é", "1"])
  func long(piece: String) throws {
    let tokenizer = try BytePairTokenizer(contentsOf: Self.folder.appending(path: "small.tiktoken").plainPath)
    let text = String(repeating: piece, count: 50_000)
    #expect(tokenizer.bytes(of: tokenizer.encode(text)) == Array(text.utf8))
  }

  @Test(
    "from a file that is broken are refused with the line",
    arguments: [
      ("IQ==\n", "line 1: found \"IQ==\", expected base 64, a space and a rank"),
      ("I!== 0\n", "line 1: found \"I!==\", expected bytes in base 64"),
      ("IQ= 0\n", "line 1: found \"IQ=\", expected bytes in base 64"),
      ("IQ== 1\n", "line 1: found rank \"1\", expected 0: ranks count from 0"),
      ("IQ== 0\nIg== zwei\n", "line 2: found rank \"zwei\", expected 1: ranks count from 0"),
      ("IQ== 0\nIQ== 1\n", "line 2: the bytes \"IQ==\" have a rank already"),
      ("IQ== 0\n\nIg== 1\n", "line 2: found \"\", expected base 64, a space and a rank"),
      (" 0\n", "line 1: found \"\", expected bytes in base 64"),
      ("IQ== 0\n", "the byte 0x00 has no rank, expected one for each of the 256"),
      ("{\"a\": 1}\n", "line 1: found \"{\\\"a\\\":\", expected bytes in base 64"),
    ])
  func broken(text: String, message: String) throws {
    let found = thrownMessage { _ = try BytePairTokenizer(bytes: FileBytes(text), path: "T.tiktoken") }
    #expect(found == "T.tiktoken: " + message)
  }

  @Test("that are characters are numbered in the order of Python's sorted(set(text))")
  func characters() throws {
    let vocabulary = CharacterVocabulary(of: "hello, wörld 🙂\n")
    #expect(vocabulary.text == "\n ,dehlorwö🙂")
    let tokenizer = Tokenizer.characters(vocabulary)
    #expect(try tokenizer.encode("hö🙂") == [5, 10, 11])
    #expect(tokenizer.decode([5, 10, 11, 12, -1]) == "hö🙂")
    #expect(CharacterVocabulary(of: vocabulary.text) == vocabulary)
    let message = thrownMessage { _ = try tokenizer.encode("hz") }
    #expect(message == "the character \"z\" (U+007A) is not among those of the text that was trained on")
  }

  @Test("that are bytes are those of UTF-8")
  func bytes() throws {
    #expect(try Tokenizer.bytes.encode("é") == [0xC3, 0xA9])
    #expect(Tokenizer.bytes.decode([0xC3, 0xA9, 300]) == "é")
  }
}
