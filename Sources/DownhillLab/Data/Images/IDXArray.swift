import DownhillFiles

/// An IDX file of unsigned bytes, as MNIST and its kin come, gzipped or not: an array of up to 8 dimensions.
///
/// Two zero bytes, the type (8 for unsigned bytes), the number of dimensions; each of them as a big-endian number of 32
/// bits; then the bytes.
struct IDXArray: Sendable {
  let dimensions: [Int]
  let bytes: FileBytes

  /// 8 GB: ten times the largest known set.
  private static let limit = 1 << 33
  private static let headerLimit = 4 + 4 * 8

  /// - Parameter dimensionCount: How many dimensions are expected.
  /// - Throws: `FileError` of kind `.data` where the file is no such array, or shorter or longer than its header says;
  ///   of kind `.input` where it cannot be read.
  init(contentsOf path: String, dimensionCount: Int) throws(FileError) {
    try self.init(bytes: FileBytes(contentsOf: path), path: path, dimensionCount: dimensionCount)
  }

  init(bytes file: FileBytes, path: String, dimensionCount: Int) throws(FileError) {
    func failure(_ message: String) -> FileError { FileError(kind: .data, path: path, message: message) }
    let isGzip = file.isGzip
    let head: [UInt8] =
      isGzip
      ? try file.inflated(atMost: Self.headerLimit, path: path)
      : file.withUnsafeBytes { Array($0.prefix(Self.headerLimit)) }
    guard head.count >= 4, head[0] == 0, head[1] == 0 else { throw failure("no IDX file: it begins with no two zeros") }
    guard head[2] == 8 else {
      throw failure("IDX numbers of type \(head[2]), expected 8 (unsigned bytes)")
    }
    guard head[3] == dimensionCount else {
      throw failure("IDX array of \(head[3]) dimensions, expected \(dimensionCount)")
    }
    let start = 4 + 4 * dimensionCount
    guard head.count >= start else { throw failure("\(head.count) bytes, but the header takes \(start)") }
    dimensions = (0..<dimensionCount).map { place in
      head[(4 + 4 * place)..<(8 + 4 * place)].reduce(0) { $0 << 8 | Int($1) }
    }
    var expected = 1
    for dimension in dimensions {
      let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
      guard dimension > 0, !overflow, product <= Self.limit else {
        throw failure("dimensions \(dimensions), expected ones above 0 of at most \(Self.limit) bytes")
      }
      expected = product
    }
    let all = isGzip ? FileBytes(try file.inflated(atMost: start + expected, path: path)) : file
    guard all.count == start + expected, let bytes = all.slice(from: start, to: all.count) else {
      let found = all.count > start + expected ? "more" : "\(max(all.count - start, 0))"
      throw failure("dimensions \(dimensions) take \(expected) bytes, but there are \(found)")
    }
    self.bytes = bytes
  }
}
