public import DownhillFiles
import Foundation

/// Batches that another thread makes ahead, in the order of their numbers whatever the timing.
public final class BatchesAhead {
  private let shared: Shared

  /// - Parameters:
  ///   - source: Where they come from.
  ///   - number: The first.
  ///   - depth: How many are made ahead, at least 1.
  public init(_ source: BatchSource, from number: Int = 0, depth: Int = 2) {
    // One more is in the reader's hands.
    shared = Shared(source, from: number, places: max(depth, 1) + 1)
    let shared = shared
    let thread = Thread { shared.work() }
    thread.name = "downhill batches"
    thread.start()
  }

  deinit { shared.stop() }

  /// The next batch; it is the reader's until the next call.
  ///
  /// - Throws: What stopped the other thread.
  public func next() throws(FileError) -> Batch { try shared.next() }

  /// What both threads see.
  ///
  /// Unchecked, because the lock guards what changes.
  private final class Shared: @unchecked Sendable {
    private let source: BatchSource
    private let batches: [Batch]
    private let lock = NSCondition()
    private let first: Int
    /// How many were made.
    private var made = 0
    /// How many were handed out.
    private var taken = 0
    private var failure: FileError?
    private var isStopped = false

    init(_ source: BatchSource, from number: Int, places: Int) {
      self.source = source
      first = number
      batches = (0..<places).map { _ in source.makeBatch() }
    }

    func work() {
      while true {
        lock.lock()
        while !isStopped, made - max(taken - 1, 0) >= batches.count { lock.wait() }
        let (place, number) = (made % batches.count, first + made)
        let isOver = isStopped
        lock.unlock()
        if isOver { return }
        var failure: FileError?
        do {
          try source.fill(batches[place], number: number)
        } catch {
          failure = error
        }
        lock.lock()
        self.failure = failure
        made += failure == nil ? 1 : 0
        isStopped = isStopped || failure != nil
        lock.broadcast()
        lock.unlock()
      }
    }

    func next() throws(FileError) -> Batch {
      lock.lock()
      defer { lock.unlock() }
      taken += 1
      lock.broadcast()
      while made < taken {
        if let failure {
          taken -= 1
          throw failure
        }
        lock.wait()
      }
      return batches[(taken - 1) % batches.count]
    }

    func stop() {
      lock.lock()
      isStopped = true
      lock.broadcast()
      lock.unlock()
    }
  }
}
