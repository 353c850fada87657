/// How text becomes tokens, and tokens text.
public enum Tokenizer: Sendable {
  /// The 256 bytes of UTF-8.
  case bytes
  /// The characters that a text holds.
  case characters(CharacterVocabulary)
  /// Byte pairs, as GPT-2 has them.
  case bytePairs(BytePairTokenizer)

  /// How many tokens there are.
  public var vocabulary: Int {
    switch self {
    case .bytes: 256
    case .characters(let characters): characters.count
    case .bytePairs(let pairs): pairs.vocabulary
    }
  }

  /// The tokens of a text.
  ///
  /// - Throws: `UnknownCharacter` for a character that the text of the vocabulary did not hold.
  public func encode(_ text: String) throws(UnknownCharacter) -> [Int32] {
    switch self {
    case .bytes: text.utf8.map { Int32($0) }
    case .characters(let characters): try characters.encode(text)
    case .bytePairs(let pairs): pairs.encode(text)
    }
  }

  /// The UTF-8 bytes of tokens, which need not be whole characters; those that are none are left out.
  public func bytes(of tokens: some Sequence<Int32>) -> [UInt8] {
    switch self {
    case .bytes: tokens.compactMap { UInt8(exactly: $0) }
    case .characters(let characters): Array(characters.decode(tokens).utf8)
    case .bytePairs(let pairs): pairs.bytes(of: tokens)
    }
  }

  /// The text of tokens; what is no UTF-8 becomes U+FFFD.
  public func decode(_ tokens: some Sequence<Int32>) -> String { String(decoding: bytes(of: tokens), as: UTF8.self) }
}

/// A character that a vocabulary does not have.
public struct UnknownCharacter: Error, Equatable, Sendable, CustomStringConvertible {
  public let character: Unicode.Scalar

  /// The character by itself and by its number.
  public var description: String {
    let number = String(character.value, radix: 16, uppercase: true)
    let digits = String(repeating: "0", count: max(4 - number.count, 0)) + number
    return "the character \"\(character)\" (U+\(digits)) is not among those of the text that was trained on"
  }
}
