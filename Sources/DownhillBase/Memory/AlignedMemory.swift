/// Memory that begins at a multiple of 64 bytes, so that no register straddles two cache lines; freed with its owner.
public struct AlignedMemory<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// The first element.
  public let start: UnsafeMutablePointer<Element>
  public let count: Int

  /// Memory for `count` elements, all equal to `value`.
  public init(count: Int, repeating value: Element) {
    let bytes = max(count, 1) * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    start.initialize(repeating: value, count: max(count, 1))
    self.count = count
  }

  /// A copy of another's elements.
  public init(copying other: borrowing AlignedMemory) {
    let bytes = max(other.count, 1) * MemoryLayout<Element>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    start = memory.bindMemory(to: Element.self, capacity: max(other.count, 1))
    start.initialize(from: other.start, count: max(other.count, 1))
    count = other.count
  }

  deinit { start.deallocate() }
}

/// A count of numbers up to the next multiple of 16: the places of a register, and whole cache lines in any type.
@inlinable @inline(__always)
package func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
