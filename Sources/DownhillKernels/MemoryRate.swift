public import DownhillBase

/// What memory gives at most, measured: a copy.
public enum MemoryRate {
  /// Bytes a second, read and written together, by all workers of a loop.
  /// - Parameters:
  ///   - bytes: How much is moved in all; what fits into a cache comes from there.
  ///   - loop: Its workers are what is measured.
  public static func measure(bytes: Int, on loop: some ParallelLoop) -> Double {
    let piece = 1 << 14
    let pieces = max(bytes / 8 / piece, 2)
    let memory = AlignedMemory<Float>(count: 2 * pieces * piece, repeating: 1)
    let target = memory.start + pieces * piece
    var best = Duration.seconds(1)
    for _ in 0..<max(4, min(64, (1 << 28) / (8 * pieces * piece))) {
      let time = ContinuousClock().measure {
        loop.forEach(pieces) { index, _ in
          (target + index * piece).update(from: memory.start + index * piece, count: piece)
        }
      }
      best = min(best, time)
    }
    let seconds = best / .seconds(1)
    return Double(8 * pieces * piece) / seconds
  }
}
