public import DownhillBase

/// Text of a small grammar: sentences whose verbs agree with their subjects, also across a clause in between.
///
///     the sailors that this old king helps sing and find two stars.
///
/// Every sentence has one derivation, so the choices that made a text tell how likely it was, and with that the loss that
/// no model can beat.
public struct GrammarText: Configurable {
  /// How many characters there are at least; the last sentence is ended.
  public var count = 200_000
  /// Decides the sentences.
  public var seed = 0

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .integer("count", in: KnobRange(1000, 1e8), "Number of characters.", { $0.count }, { $0.count = $1 }),
      .integer("seed", in: .seed, "Decides the sentences.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  /// A text.
  public struct Text: Sendable {
    public let text: String
    /// −ln P of the text under the grammar, divided by the number of characters: the least cross-entropy that a model of
    /// characters can expect.
    public let entropy: Double
  }

  /// The text; a sentence is a function of seed and its number.
  public func make() -> Text {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 256)
    var information = 0.0
    var sentence = 0
    while bytes.count < count {
      var writer = SentenceWriter(DataPurpose.generation.random(seed: UInt64(seed), sentence))
      writer.sentence()
      bytes += writer.bytes
      information += writer.information
      sentence += 1
    }
    return Text(text: String(decoding: bytes, as: UTF8.self), entropy: information / Double(bytes.count))
  }
}

/// Writes one sentence, and counts what its choices cost.
private struct SentenceWriter {
  private(set) var bytes: [UInt8] = []
  /// In nats.
  private(set) var information = 0.0
  private let random: CounterRandom
  private var draws: UInt64 = 0

  init(_ random: CounterRandom) { self.random = random }

  /// sentence → subject verb-phrase ["and" verb-phrase] "."
  mutating func sentence() {
    let isPlural = happens(0.5)
    subject(isPlural: isPlural, depth: 0)
    verbPhrase(isPlural: isPlural, depth: 0)
    if happens(0.25) {
      word("and")
      verbPhrase(isPlural: isPlural, depth: 0)
    }
    bytes += [UInt8(ascii: "."), UInt8(ascii: "\n")]
  }

  /// → determiner adjective* noun [clause]
  ///
  /// - Returns: Whether a clause ends it.
  @discardableResult
  private mutating func subject(isPlural: Bool, depth: Int) -> Bool {
    word(isPlural ? pick(Words.pluralDeterminers) : pick(Words.determiners))
    for _ in 0..<2 where happens(0.3) { word(pick(Words.adjectives)) }
    word(pick(Words.nouns), isPlural ? "s" : "")
    guard depth < 2, happens(depth == 0 ? 0.3 : 0.15) else { return false }
    word("that")
    if happens(0.5) {
      verbPhrase(isPlural: isPlural, depth: depth + 1)
    } else {
      // The verb that follows belongs to the outer subject, which it has to remember.
      let isInnerPlural = happens(0.5)
      subject(isPlural: isInnerPlural, depth: depth + 1)
      verb(pick(Words.transitive), isPlural: isInnerPlural)
    }
    return true
  }

  /// → intransitive [adverb] | transitive object [preposition place]
  private mutating func verbPhrase(isPlural: Bool, depth: Int) {
    guard happens(0.6) else {
      verb(pick(Words.intransitive), isPlural: isPlural)
      if happens(0.4) { word(pick(Words.adverbs)) }
      return
    }
    verb(pick(Words.transitive), isPlural: isPlural)
    let endsInClause = subject(isPlural: happens(0.5), depth: depth + 1)
    // Behind a clause it would be unclear where the place belongs.
    if !endsInClause, happens(0.3) {
      word(pick(Words.prepositions))
      word("the")
      word(pick(Words.places))
    }
  }

  private mutating func verb(_ stem: StaticString, isPlural: Bool) { word(stem, isPlural ? "" : "s") }

  private mutating func word(_ word: StaticString, _ ending: StaticString = "") {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
    for part in [word, ending] { part.withUTF8Buffer { bytes += $0 } }
  }

  private mutating func happens(_ probability: Double) -> Bool {
    let result = random.uniform(at: draws) < probability
    draws += 1
    information -= Elementary.log(result ? probability : 1 - probability)
    return result
  }

  private mutating func pick(_ words: [StaticString]) -> StaticString {
    let place = random.index(below: words.count, at: draws)
    draws += 1
    information += Elementary.log(Double(words.count))
    return words[place]
  }
}

private enum Words {
  static let determiners: [StaticString] = ["the", "one", "this", "every"]
  static let pluralDeterminers: [StaticString] = ["the", "some", "these", "many", "two"]
  static let adjectives: [StaticString] = ["old", "red", "quiet", "small", "golden", "strange", "young", "tired"]
  static let nouns: [StaticString] = [
    "sailor", "bird", "star", "king", "river", "dog", "teacher", "tree", "ship", "robot", "painter", "cloud",
  ]
  static let places: [StaticString] = ["harbour", "forest", "bridge", "tower", "garden", "market"]
  static let transitive: [StaticString] = ["follow", "see", "know", "help", "remember", "paint", "want", "find"]
  static let intransitive: [StaticString] = ["sing", "sleep", "wait", "laugh", "dream", "shine"]
  static let adverbs: [StaticString] = ["slowly", "often", "again", "alone"]
  static let prepositions: [StaticString] = ["near", "behind", "above", "in"]
}
