public import DownhillFiles

/// GPT-2's way from text to tokens: cut into words by a fixed expression, whose bytes are merged pair by pair by the ranks
/// of a `.tiktoken` file.
///
/// Radford et al. 2019, *Language Models are Unsupervised Multitask Learners*; Sennrich et al. 2016, arXiv:1508.07909.
/// `<|endoftext|>` is the token behind the last rank; text that reads so is no such token.
public struct BytePairTokenizer: Sendable {
  /// By rank.
  private let strings: ByteStringTable
  private let merger: PairMerger

  /// How many tokens there are, `<|endoftext|>` among them.
  public var vocabulary: Int { strings.count + 1 }

  /// The token that stands between texts.
  public var endOfText: Int32 { Int32(strings.count) }

  private static let endOfTextName = "<|endoftext|>"
  private static let limit = 1 << 21

  /// Reads ranks: a line each, with the bytes in base 64, a space and the rank, which count from 0.
  ///
  /// - Parameter path: What errors call the file.
  /// - Throws: `FileError` of kind `.data` that names the line, or the byte that no rank has.
  public init(bytes: FileBytes, path: String) throws(FileError) {
    func failure(_ line: Int, _ message: String) -> FileError {
      FileError(kind: .data, path: path, message: "line \(line): \(message)")
    }
    var strings = try bytes.withUnsafeBytes { (buffer) throws(FileError) in
      let count = buffer.count { $0 == UInt8(ascii: "\n") } + 1
      guard count <= Self.limit else {
        throw FileError(kind: .data, path: path, message: "\(count) lines, but at most \(Self.limit) are read")
      }
      return ByteStringTable(capacity: count)
    }
    try bytes.withUnsafeBytes { (buffer) throws(FileError) in
      var (line, offset) = (0, 0)
      while offset < buffer.count {
        line += 1
        let end = buffer[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? buffer.count
        var text = UnsafeRawBufferPointer(rebasing: buffer[offset..<end])
        if text.last == UInt8(ascii: "\r") { text = UnsafeRawBufferPointer(rebasing: text.dropLast()) }
        offset = end + 1
        guard let space = text.firstIndex(of: UInt8(ascii: " ")) else {
          throw failure(line, "found \(Self.shown(text[...])), expected base 64, a space and a rank")
        }
        guard let string = decodedBase64(text[..<space]), !string.isEmpty else {
          throw failure(line, "found \(Self.shown(text[..<space])), expected bytes in base 64")
        }
        let rank = String(decoding: text[(space + 1)...].prefix(20), as: UTF8.self)
        guard Int(rank) == line - 1 else {
          throw failure(
            line, "found rank \(Self.shown(text[(space + 1)...])), expected \(line - 1): ranks count from 0")
        }
        guard string.withUnsafeBufferPointer({ strings.append($0) }) else {
          throw failure(line, "the bytes \(Self.shown(text[..<space])) have a rank already")
        }
      }
    }
    var single = [Int32]()
    for byte in UInt8.min...UInt8.max {
      guard let token = [byte].withUnsafeBufferPointer({ strings.number(of: $0) }) else {
        let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        throw FileError(
          kind: .data, path: path, message: "the byte 0x\(digits) has no rank, expected one for each of the 256")
      }
      single.append(token)
    }
    self.strings = strings
    merger = PairMerger(strings, single: single)
  }

  /// Reads a file of ranks, such as `gpt2.tiktoken`.
  ///
  /// - Throws: `FileError` of kind `.input` where it cannot be read, and of kind `.data` as `init(bytes:path:)` does.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: FileBytes(contentsOf: path), path: path)
  }

  /// The tokens of a text.
  public func encode(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { bytes in
      var splitter = WordSplitter(bytes)
      var merger = merger
      var tokens = [Int32]()
      tokens.reserveCapacity(bytes.count / 3)
      while let range = splitter.next() {
        let piece = UnsafeBufferPointer(rebasing: bytes[range])
        if let token = strings.number(of: piece) {
          tokens.append(token)
        } else {
          merger.merge(piece, into: &tokens)
        }
      }
      return tokens
    }
  }

  /// The bytes of tokens; numbers that are no token's are left out.
  public func bytes(of tokens: some Sequence<Int32>) -> [UInt8] {
    var bytes = [UInt8]()
    for token in tokens {
      if token == endOfText {
        bytes += Self.endOfTextName.utf8
      } else if token >= 0, token < endOfText {
        bytes += strings[Int(token)]
      }
    }
    return bytes
  }

  private static func shown(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    excerpt(String(decoding: bytes.prefix(80), as: UTF8.self), limit: 40)
  }
}

/// The bytes that a text in base 64 stands for (RFC 4648, with its padding); nil where it is none.
func decodedBase64(_ text: some Collection<UInt8>) -> [UInt8]? {
  guard text.count % 4 == 0 else { return nil }
  var result = [UInt8]()
  result.reserveCapacity(text.count / 4 * 3)
  var (gathered, bits, padding) = (UInt32(0), 0, 0)
  for byte in text {
    let digit: UInt32
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte) + 4
    case UInt8(ascii: "+"): digit = 62
    case UInt8(ascii: "/"): digit = 63
    case UInt8(ascii: "="):
      padding += 1
      continue
    default: return nil
    }
    if padding > 0 { return nil }
    gathered = gathered << 6 | digit
    bits += 6
    if bits >= 8 {
      bits -= 8
      result.append(UInt8(truncatingIfNeeded: gathered >> UInt32(bits)))
    }
  }
  return padding <= 2 ? result : nil
}
