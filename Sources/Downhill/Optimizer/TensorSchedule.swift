import DownhillBase

/// Which matrices a step goes through one after the other, each on all workers, and which side by side, each on one.
///
/// A worker by itself waits for nobody: Muon over eight matrices of 256×256 takes half the time side by side. But the
/// workers have to end together. Bits do not depend on it, since those of a matrix do not depend on who computes what.
struct TensorSchedule: Sendable {
  /// Tensors for all workers together, in their order.
  let together: [Int]
  /// Tensors for one worker each, the longest work first.
  let apart: [Int]

  /// What all workers together reach of the speed that they have apart.
  private static var shareTogether: Double { 0.87 }
  /// Scratch memory in bytes that workers apart may take in all.
  private static var mostMemory: Int { 1 << 28 }

  /// - Parameters:
  ///   - memory: The bytes of scratch that each tensor takes.
  ///   - canPart: Whether a tensor's step needs nothing that is shared.
  init(_ shapes: [Shape], memory: [Int], workerCount: Int, canPart: Bool) {
    var costs = [Double]()
    for shape in shapes {
      let short = min(shape.rows, shape.columns)
      // Products along the short side, and passes over all.
      costs.append(Double(shape.count) * (Double(short) + 16))
    }
    let free = shapes.indices.filter { memory[$0] * workerCount <= Self.mostMemory }
      .sorted { costs[$0] == costs[$1] ? $0 < $1 : costs[$0] > costs[$1] }
    var best = (count: 0, time: Self.timeTogether(costs, workerCount))
    if canPart && workerCount > 1 {
      let all = costs.reduce(0, +)
      for count in stride(from: free.count, to: 1, by: -1) {
        // The longest ones together, the others apart.
        let parted = free.suffix(count)
        var rest = all
        for tensor in parted { rest -= costs[tensor] }
        let time = Self.timeTogether([rest], workerCount) + Self.timeApart(parted, costs, workerCount)
        if time < best.time { best = (count, time) }
      }
    }
    let parted = Array(free.suffix(best.count))
    apart = parted
    together = shapes.indices.filter { !parted.contains($0) }
  }

  private static func timeTogether(_ costs: [Double], _ workerCount: Int) -> Double {
    costs.reduce(0, +) / (Double(workerCount) * shareTogether)
  }

  /// The end of the last worker, each taking the next when it is done.
  private static func timeApart(_ tensors: ArraySlice<Int>, _ costs: [Double], _ workerCount: Int) -> Double {
    var ends = [Double](repeating: 0, count: workerCount)
    for tensor in tensors {
      var first = 0
      for worker in 1..<workerCount where ends[worker] < ends[first] { first = worker }
      ends[first] += costs[tensor]
    }
    return ends.reduce(0) { max($0, $1) }
  }
}
