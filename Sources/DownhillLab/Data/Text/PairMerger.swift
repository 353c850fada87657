/// Merges the bytes of a piece pair by pair: always the pair whose string has the lowest rank, of equal ones the first.
struct PairMerger {
  /// The token of two tokens' joined string, for all pairs that have one: left times 2^32 plus right.
  private let ranks: [UInt64: Int32]
  private let single: [Int32]

  // One entry a byte of the piece; a part of the piece is known by its first byte.
  private var tokens: [Int32] = []
  private var next: [Int] = []
  private var previous: [Int] = []
  /// Rank times 2^32 plus place: a heap, the least first; entries that no longer hold are passed over.
  private var heap: [UInt64] = []

  /// - Parameters:
  ///   - strings: All tokens.
  ///   - single: The tokens of the 256 bytes.
  init(_ strings: ByteStringTable, single: [Int32]) {
    self.single = single
    var ranks: [UInt64: Int32] = [:]
    ranks.reserveCapacity(strings.count * 4)
    for token in 0..<strings.count {
      strings[token].withUnsafeBufferPointer { string in
        for cut in string.indices.dropFirst() {
          let (left, right) = (string[..<cut], string[cut...])
          guard let left = strings.number(of: UnsafeBufferPointer(rebasing: left)),
            let right = strings.number(of: UnsafeBufferPointer(rebasing: right))
          else { continue }
          ranks[Self.key(left, right)] = Int32(token)
        }
      }
    }
    self.ranks = ranks
  }

  /// Appends the tokens of a piece of less than 2^32 bytes.
  mutating func merge(_ piece: UnsafeBufferPointer<UInt8>, into result: inout [Int32]) {
    tokens.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    for (place, byte) in piece.enumerated() {
      tokens.append(single[Int(byte)])
      next.append(place + 1)
      previous.append(place - 1)
    }
    for place in piece.indices { push(place) }
    while let entry = pop() {
      let place = Int(entry & 0xFFFF_FFFF)
      let rank = Int32(truncatingIfNeeded: entry >> 32)
      guard tokens[place] >= 0, pairRank(at: place) == rank else { continue }
      let right = next[place]
      tokens[place] = rank
      tokens[right] = -1
      next[place] = next[right]
      if next[right] < tokens.count { previous[next[right]] = place }
      push(place)
      if previous[place] >= 0 { push(previous[place]) }
    }
    for token in tokens where token >= 0 { result.append(token) }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

  /// The rank of a part and the next one.
  private func pairRank(at place: Int) -> Int32? {
    next[place] < tokens.count ? ranks[Self.key(tokens[place], tokens[next[place]])] : nil
  }

  private mutating func push(_ place: Int) {
    guard let rank = pairRank(at: place) else { return }
    heap.append(UInt64(rank) << 32 | UInt64(place))
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2] > heap[child] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> UInt64? {
    guard let least = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return least }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return least }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return least }
      heap.swapAt(parent, child)
      parent = child
    }
  }
}
