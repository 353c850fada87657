import CZlib
import DownhillFiles

extension FileBytes {
  /// Whether these bytes begin as gzip does.
  var isGzip: Bool { withUnsafeBytes { $0.starts(with: [0x1F, 0x8B]) } }

  /// What gzip-compressed bytes hold, or its beginning.
  ///
  /// - Parameters:
  ///   - limit: How many bytes are inflated at most; memory grows as they come, whatever a header promises.
  ///   - path: What errors call the file.
  /// - Returns: The bytes, one more than the limit where there are more.
  /// - Throws: `FileError` of kind `.data` for what is truncated or damaged before the limit is reached.
  func inflated(atMost limit: Int, path: String) throws(FileError) -> [UInt8] {
    func failure(_ message: String) -> FileError { FileError(kind: .data, path: path, message: message) }
    var stream = z_stream()
    guard dh_inflate_init_gzip(&stream) == Z_OK else { throw failure("zlib has no memory") }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let problem: String? = withUnsafeBytes { source in
      // Bound to bytes only to be read.
      let input = source.bindMemory(to: UInt8.self)
      var offset = 0
      while result.count <= limit {
        if stream.avail_in == 0 {
          let count = min(input.count - offset, 1 << 30)
          if count == 0 { return "the gzip data end too early: the file is truncated" }
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + offset })
          stream.avail_in = UInt32(count)
          offset += count
        }
        let (status, made) = piece.withUnsafeMutableBufferPointer { piece in
          stream.next_out = piece.baseAddress
          stream.avail_out = UInt32(piece.count)
          return (inflate(&stream, Z_NO_FLUSH), piece.count - Int(stream.avail_out))
        }
        result.append(contentsOf: piece.prefix(min(made, limit + 1 - result.count)))
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
          if stream.avail_in == 0, offset == input.count { return nil }
          // Several compressed parts may stand one behind the other.
          guard inflateReset(&stream) == Z_OK else { return "zlib cannot go on" }
        case Z_DATA_ERROR, Z_NEED_DICT:
          let reason = stream.msg.map { String(cString: $0) } ?? "damaged"
          return "damaged gzip data behind \(result.count) bytes: \(reason)"
        default: return "zlib has no memory"
        }
      }
      return nil
    }
    if let problem { throw failure(problem) }
    return result
  }
}
