import DownhillBase

/// Lays the parts of a step's workspace one behind the other: the same lines say how much a step takes and where it is.
struct WorkspaceLayout {
  /// The bytes so far.
  private(set) var byteCount = 0

  /// A place for `count` numbers, aligned to 64 bytes.
  mutating func reserve<Number>(_ count: Int, of _: Number.Type) -> WorkspacePart<Number> {
    let part = WorkspacePart<Number>(offset: byteCount, count: count)
    byteCount += (count * MemoryLayout<Number>.stride + 63) / 64 * 64
    return part
  }
}

/// Where numbers of a step's workspace stand.
struct WorkspacePart<Number: BitwiseCopyable> {
  fileprivate let offset: Int
  fileprivate let count: Int

  /// Their address in a workspace.
  func pointer(in workspace: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Number> {
    (workspace + offset).bindMemory(to: Number.self, capacity: max(count, 1))
  }
}
