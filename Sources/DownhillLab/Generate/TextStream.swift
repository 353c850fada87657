/// Bytes of UTF-8 that come in pieces, as text: what may still become a character waits for the rest of it, and what
/// cannot becomes U+FFFD, as `String(decoding:as:)` has it.
public struct TextStream: Sendable {
  private var waiting: [UInt8] = []

  public init() {}

  /// The text that is complete with these bytes.
  public mutating func text(of bytes: some Sequence<UInt8>) -> String {
    waiting += bytes
    let end = waiting.count - Self.unfinished(waiting)
    defer { waiting.removeFirst(end) }
    return String(decoding: waiting[..<end], as: UTF8.self)
  }

  /// What waits, where nothing comes any more.
  public mutating func end() -> String {
    defer { waiting = [] }
    return String(decoding: waiting, as: UTF8.self)
  }

  /// How many bytes at the end begin a character that lacks some.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for count in 1..<4 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if lead & 0xC0 == 0x80 { continue }
      let length =
        lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 1
      return count < length ? count : 0
    }
    return 0
  }
}
