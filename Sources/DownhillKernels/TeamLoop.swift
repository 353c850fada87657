public import DownhillBase

#if os(Linux)
  import CThreads
  import Synchronization
#else
  import DownhillThreads
#endif

/// The parts of a step on the team of threads that oneDNN runs on (libgomp's; Dispatch's where there is none).
///
/// Each worker takes the next run of parts as soon as it is done with its last, so that a core that is busy elsewhere
/// delays one run only.
public struct TeamLoop: ParallelLoop {
  public let workerCount: Int

  #if os(Linux)
    /// Neighbours in memory come faster from one worker; as in `DispatchLoop`.
    private static let longestRun = 8

    /// - Parameter workerCount: How many threads run at once, the caller's among them; by default one a core.
    public init(workerCount: Int? = nil) {
      self.workerCount = max(workerCount ?? Int(omp_get_num_procs()), 1)
    }

    /// Has oneDNN's loops that the calling thread begins run on as many threads as this loop.
    public func setLibraryThreads() { omp_set_num_threads(CInt(workerCount)) }

    public func forEach(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
      let workers = min(workerCount, count)
      guard workers > 1 else {
        for index in 0..<count { body(index, 0) }
        return
      }
      let next = Atomic(0)
      onTeam(workers) { worker in
        var first = next.load(ordering: .relaxed)
        while first < count {
          // Shorter and shorter, so that the workers end together.
          let run = min(Self.longestRun, max((count - first) / (4 * workers), 1))
          let (isMine, found) = next.compareExchange(expected: first, desired: first + run, ordering: .relaxed)
          guard isMine else {
            first = found
            continue
          }
          for index in first..<first + run { body(index, worker) }
          first = next.load(ordering: .relaxed)
        }
      }
    }
  #else
    private let loop: DispatchLoop

    /// - Parameter workerCount: How many threads run at once; by default one a core.
    public init(workerCount: Int? = nil) {
      loop = DispatchLoop(workerCount: workerCount)
      self.workerCount = loop.workerCount
    }

    /// Has oneDNN's loops that the calling thread begins run on as many threads as this loop; where it has threads of its
    /// own, nothing.
    public func setLibraryThreads() {}

    public func forEach(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) { loop.forEach(count, body) }
  #endif
}

extension TeamLoop {
  /// A loop of so many threads; the loops of oneDNN and OpenBLAS that the calling thread begins take as many from here on.
  public static func withLibraries(workerCount: Int) -> TeamLoop {
    #if os(Linux)
      omp_set_num_threads(Int32(clamping: workerCount))
    #endif
    return TeamLoop(workerCount: workerCount)
  }
}

extension ParallelLoop where Self == TeamLoop {
  /// The parts of a step on the team of threads that oneDNN runs on.
  public static var team: TeamLoop { TeamLoop() }
}

#if os(Linux)
  /// Calls `body` on each of so many threads, with the thread's number: `dh_on_team`, by Swift's convention of calls, so that
  /// the closure needs no memory of its own.
  @_silgen_name("dh_on_team")
  private func onTeam(_ count: Int, _ body: (_ worker: Int) -> Void)
#endif
