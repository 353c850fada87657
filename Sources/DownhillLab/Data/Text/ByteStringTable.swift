/// Strings of bytes, numbered in the order of their arrival, and found again without a copy of what is looked for.
struct ByteStringTable {
  private var bytes: [UInt8] = []
  /// Where each string begins, and the end of the last.
  private var starts = [0]
  /// Numbers of strings, −1 where free; a power of two of them, at least twice as many as there are strings.
  private var slots: [Int32]

  /// - Parameter capacity: How many strings will come.
  init(capacity: Int) {
    var count = 16
    while count < capacity * 2 { count *= 2 }
    slots = Array(repeating: -1, count: count)
  }

  /// How many strings there are.
  var count: Int { starts.count - 1 }

  /// A string by its number.
  subscript(number: Int) -> ArraySlice<UInt8> { bytes[starts[number]..<starts[number + 1]] }

  /// Appends a string.
  /// - Returns: Whether it is new; one that is known is not appended.
  mutating func append(_ string: UnsafeBufferPointer<UInt8>) -> Bool {
    let slot = slot(of: string)
    guard slots[slot] < 0, count < slots.count / 2 else { return false }
    slots[slot] = Int32(count)
    bytes.append(contentsOf: string)
    starts.append(bytes.count)
    return true
  }

  /// The number of a string; nil where it is unknown.
  func number(of string: UnsafeBufferPointer<UInt8>) -> Int32? {
    let number = slots[slot(of: string)]
    return number < 0 ? nil : number
  }

  /// Where a string is, or would be put.
  private func slot(of string: UnsafeBufferPointer<UInt8>) -> Int {
    // FNV-1a over 64 bits, its upper half folded in.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash ^= hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, !isEqual(Int(slots[slot]), string) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func isEqual(_ number: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
    let (start, end) = (starts[number], starts[number + 1])
    guard end - start == string.count else { return false }
    for place in string.indices where bytes[start + place] != string[place] { return false }
    return true
  }
}
