public import DownhillFiles

/// Byte pairs by rank.
public struct BytePairTokenizer: Sendable {
  public let vocabulary: Int

  public init(contentsOf path: String) throws(FileError) {
    throw FileError(kind: .data, path: path, message: "not yet")
  }

  func encode(_ text: String) -> [Int32] { [] }

  func bytes(of tokens: some Sequence<Int32>) -> [UInt8] { [] }
}
