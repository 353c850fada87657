import DownhillFiles
import Foundation

/// What a run has to know of its data when the data is not there: how text becomes tokens, what was done to numbers, the
/// classes' names. `data.json` in the run's folder; byte pairs lie beside it as `tokens.tiktoken`.
struct RunData: Codable, Equatable {
  /// `characters`, `bytes` or `byte-pairs`; nil where there is no text.
  let tokens: String?
  /// All characters, in the order of their tokens.
  let characters: String?
  let labels: [String]
  let scale: InputScale?
  /// The shape of a sample's input.
  let inputShape: [Int]
  /// `features`, `image` or `tokens`.
  let input: String
  /// `classes`, `numbers` or `next-tokens`.
  let target: String
  /// Classes, numbers or tokens.
  let outputs: Int

  static let fileName = "data.json"
  static let ranksName = "tokens.tiktoken"

  init(_ split: DataSplit) {
    switch split.tokenizer {
    case .characters(let vocabulary): (tokens, characters) = ("characters", vocabulary.text)
    case .bytes: (tokens, characters) = ("bytes", nil)
    case .bytePairs: (tokens, characters) = ("byte-pairs", nil)
    case nil: (tokens, characters) = (nil, nil)
    }
    labels = split.labels
    scale = split.scale
    inputShape = split.form.inputShape.dimensions
    switch split.form.input {
    case .vector: input = "features"
    case .image: input = "image"
    case .tokens: input = "tokens"
    }
    switch split.form.target {
    case .classes: target = "classes"
    case .numbers: target = "numbers"
    case .nextTokens: target = "next-tokens"
    }
    outputs = split.form.outputs
  }

  /// Writes the files that tell of the data.
  func write(to folder: String, ranks: String?) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(Array(try encoder.encode(self)), to: "\(folder)/\(Self.fileName)")
    guard tokens == "byte-pairs", let ranks else { return }
    var copy = try AtomicWrite(to: "\(folder)/\(Self.ranksName)")
    try copy.write(FileBytes(contentsOf: ranks))
    try copy.commit()
  }

  /// - Throws: `FileError` where it cannot be read or is malformed.
  init(readingFrom folder: String) throws {
    let path = "\(folder)/\(Self.fileName)"
    let text = try readTextFile(path)
    do { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) } catch {
      throw FileError(kind: .data, path: path, message: "not what a run says of its data")
    }
    guard inputShape.allSatisfy({ (1...1 << 24).contains($0) }), (0...1 << 24).contains(outputs), form != nil else {
      throw FileError(kind: .data, path: path, message: "not what a run says of its data")
    }
  }

  /// What a sample is.
  var form: SampleForm? {
    let read: SampleForm.Input
    switch (input, inputShape.count) {
    case ("features", 1): read = .vector(features: inputShape[0])
    case ("image", 3): read = .image(channels: inputShape[0], rows: inputShape[1], columns: inputShape[2])
    case ("tokens", 1): read = .tokens(context: inputShape[0], vocabulary: outputs)
    default: return nil
    }
    switch target {
    case "classes": return SampleForm(input: read, target: .classes(outputs))
    case "numbers": return SampleForm(input: read, target: .numbers(outputs))
    case "next-tokens": return SampleForm(input: read, target: .nextTokens)
    default: return nil
    }
  }

  /// How text becomes tokens.
  func tokenizer(in folder: String) throws(FileError) -> Tokenizer? {
    switch tokens {
    case "characters": .characters(CharacterVocabulary(of: characters ?? ""))
    case "bytes": .bytes
    case "byte-pairs": .bytePairs(try BytePairTokenizer(contentsOf: "\(folder)/\(Self.ranksName)"))
    default: nil
    }
  }
}
