import CMicrokernels
public import DownhillBase

/// What the processor can do at most, measured: the innermost loop on numbers that stay in the first cache.
public enum PeakRate {
  /// Floating-point operations a second on all workers of a loop together.
  /// - Parameters:
  ///   - usesBFloat16: Whether products are of bfloat16 where the level has them, else of float32.
  ///   - level: The set of instructions.
  ///   - loop: Its workers are what is measured.
  public static func measure(usesBFloat16: Bool, by level: KernelLevel = .best, on loop: some ParallelLoop) -> Double {
    let kernels = TileKernels(usesBFloat16 ? .bfloat16 : .float, by: level)
    let (side, inner) = (TileKernels.side, 64)
    let memory = AlignedMemory<Float>(count: side * inner, repeating: 1)
    let panel = Panels(UnsafeMutableRawPointer(memory.start), rows: side, inner: inner, for: kernels).place(0)
    let (parts, repeats) = (16 * loop.workerCount, 100)
    var best = Duration.seconds(1)
    for _ in 0..<8 {
      let time = ContinuousClock().measure {
        loop.forEach(parts) { _, _ in
          guard let tile = dh_tile() else { return }
          for _ in 0..<repeats {
            kernels.multiply(panel, panel, inner: inner, into: tile, adding: false, isUpper: false)
          }
        }
      }
      best = min(best, time)
    }
    let seconds = best / .seconds(1)
    return Double(2 * side * side * inner * repeats * parts) / seconds
  }
}
