/// The characters of a text, each a token: Unicode scalars in rising order, as `sorted(set(text))` gives them in Python.
public struct CharacterVocabulary: Sendable, Equatable {
  /// In the order of the tokens.
  public let characters: [Unicode.Scalar]
  /// By scalar, below the first 2^16; −1 for those that are missing.
  private let near: [Int32]
  private let far: [Unicode.Scalar: Int32]

  /// All characters of a text.
  public init(of text: some StringProtocol) {
    var seen = [Bool](repeating: false, count: 0x11_0000)
    for scalar in text.unicodeScalars { seen[Int(scalar.value)] = true }
    self.init(seen.indices.compactMap { seen[$0] ? Unicode.Scalar(UInt32($0)) : nil })
  }

  private init(_ characters: [Unicode.Scalar]) {
    self.characters = characters
    var near = [Int32](repeating: -1, count: 0x1_0000)
    var far: [Unicode.Scalar: Int32] = [:]
    for (token, scalar) in characters.enumerated() {
      if scalar.value < 0x1_0000 { near[Int(scalar.value)] = Int32(token) } else { far[scalar] = Int32(token) }
    }
    self.near = near
    self.far = far
  }

  /// How many there are.
  public var count: Int { characters.count }

  /// All of them in a row: a vocabulary of this text is the same again.
  public var text: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters)
    return String(text)
  }

  func encode(_ text: some StringProtocol) throws(UnknownCharacter) -> [Int32] {
    var tokens = [Int32]()
    tokens.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      let token = scalar.value < 0x1_0000 ? near[Int(scalar.value)] : far[scalar] ?? -1
      guard token >= 0 else { throw UnknownCharacter(character: scalar) }
      tokens.append(token)
    }
    return tokens
  }

  func decode(_ tokens: some Sequence<Int32>) -> String {
    var text = String.UnicodeScalarView()
    for token in tokens where characters.indices.contains(Int(token)) { text.append(characters[Int(token)]) }
    return String(text)
  }
}
