/// A parallel loop behind a closure, so that what runs on one needs no type of its own for each.
public struct LoopBody: Sendable {
  /// How many parts may run at once.
  public let workerCount: Int
  /// See `ParallelLoop.forEach`.
  public let forEach: @Sendable (_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) -> Void

  public init(_ loop: some ParallelLoop) {
    workerCount = max(loop.workerCount, 1)
    forEach = { count, body in loop.forEach(count, body) }
  }

  /// One part after the other, on the calling thread.
  public static let serial = LoopBody(SerialLoop())
}
