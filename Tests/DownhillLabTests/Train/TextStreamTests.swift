import DownhillLab
import Testing

/// Text that appears in pieces is the text of all its bytes.
struct TextStreamTests {
  static let texts: [[UInt8]] = [
    Array("aé€😀z".utf8), Array("😀".utf8), [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80, 0x80], [0xFF, 0x41],
    [0xE2, 0x41, 0x82], [0xC0, 0xAF], [0xF0, 0x9F, 0x41, 0xC3, 0xA9], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    Array("日本".utf8) + [0xE6], [],
  ]

  @Test(arguments: texts)
  func piecesAreTheWhole(_ bytes: [UInt8]) {
    for length in 1...5 {
      var (stream, text) = (TextStream(), "")
      for start in stride(from: 0, to: bytes.count, by: length) {
        text += stream.text(of: bytes[start..<min(start + length, bytes.count)])
      }
      text += stream.end()
      #expect(Array(text.unicodeScalars) == Array(String(decoding: bytes, as: UTF8.self).unicodeScalars), "\(length)")
    }
  }

  @Test func aCharacterComesWhole() {
    var stream = TextStream()
    let pieces = Array("a€b".utf8).map { stream.text(of: [$0]) }
    #expect(pieces == ["a", "", "", "€", "b"])
    #expect(stream.end() == "")
  }
}
