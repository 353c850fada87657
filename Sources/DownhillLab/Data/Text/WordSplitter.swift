/// Cuts text into the pieces within which GPT-2 merges bytes: what this regular expression matches, one match behind the
/// other, in any text without rest.
///
///     '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// By hand, since Swift's regular expressions match grapheme clusters by default and are a hundred times slower.
struct WordSplitter {
  /// What the expression tells apart.
  private enum Kind {
    case letter
    case number
    case space
    case other
  }

  /// What came to Unicode later is neither letter nor number: tokens must not change with the version of Swift, and
  /// tiktoken 0.14 goes by this one.
  private static let unicodeVersion = 16

  /// Valid UTF-8.
  private let bytes: UnsafeBufferPointer<UInt8>
  private var start = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The next piece; nil at the end.
  mutating func next() -> Range<Int>? {
    guard start < bytes.count else { return nil }
    let piece = start..<end()
    start = piece.upperBound
    return piece
  }

  private func end() -> Int {
    let first = bytes[start]
    if first == UInt8(ascii: "'"), let end = contractionEnd { return end }
    let begin = first == UInt8(ascii: " ") && start + 1 < bytes.count ? start + 1 : start
    let kind = scalar(at: begin).kind
    guard kind == .space else { return runEnd(from: begin, of: kind).end }
    let run = runEnd(from: start, of: .space)
    // Of several spaces the last is left to the word behind them.
    return run.end == bytes.count || run.last == start ? run.end : run.last
  }

  private var contractionEnd: Int? {
    let rest = bytes[(start + 1)...].prefix(2)
    switch (rest.first, rest.dropFirst().first) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "d"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "t"), _):
      return start + 2
    case (UInt8(ascii: "l"), UInt8(ascii: "l")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "r"), UInt8(ascii: "e")):
      return start + 3
    default: return nil
    }
  }

  /// Where a run of scalars of one kind ends, and where its last one begins.
  private func runEnd(from start: Int, of kind: Kind) -> (end: Int, last: Int) {
    var (end, last) = (start, start)
    while end < bytes.count {
      let next = scalar(at: end)
      guard next.kind == kind else { break }
      last = end
      end += next.length
    }
    return (end, last)
  }

  private func scalar(at place: Int) -> (kind: Kind, length: Int) {
    let first = bytes[place]
    if first < 0x80 { return (Self.ascii(first), 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for byte in bytes[(place + 1)...].prefix(length - 1) { value = value << 6 | UInt32(byte & 0x3F) }
    return (Unicode.Scalar(value).map { Self.kind(of: $0) } ?? .other, length)
  }

  private static func ascii(_ byte: UInt8) -> Kind {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .number
    case 9...13, 32: .space
    default: .other
    }
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    let properties = scalar.properties
    let kind: Kind =
      switch properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
      case .decimalNumber, .letterNumber, .otherNumber: .number
      default: properties.isWhitespace ? .space : .other
      }
    guard kind != .other, let age = properties.age else { return .other }
    return age.major <= unicodeVersion ? kind : .other
  }
}
