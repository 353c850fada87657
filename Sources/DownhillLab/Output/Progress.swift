import Foundation

/// Progress on standard error: a bar with the time left where it is a terminal; nothing elsewhere, and nothing at all for
/// what is done before a reader would miss it.
public final class Progress: @unchecked Sendable {
  private let label: String
  private let total: Int
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private let lock = NSLock()
  private var done = 0
  private var lastShown: ContinuousClock.Instant
  private var hasShown = false

  /// - Parameters:
  ///   - label: What is being done.
  ///   - total: How many units it takes.
  public init(_ label: String, total: Int) {
    self.label = label
    self.total = max(total, 1)
    isTerminal = isatty(STDERR_FILENO) == 1 && !TerminalStyle.isDumb(ProcessInfo.processInfo.environment)
    lastShown = start
  }

  /// Counts units that were done, from any thread.
  public func advance(by count: Int = 1) {
    lock.withLock {
      done += count
      guard isTerminal else { return }
      let now = ContinuousClock.now
      guard now - lastShown >= .milliseconds(hasShown ? 100 : 500) else { return }
      lastShown = now
      hasShown = true
      show(elapsed: now - start)
    }
  }

  /// Clears the bar.
  public func finish() {
    lock.withLock { if hasShown { write("\r\u{1B}[K") } }
  }

  private func show(elapsed: Duration) {
    let seconds = elapsed / .seconds(1)
    let share = Double(done) / Double(total)
    let left = Int((seconds / max(share, 1e-9) * (1 - share)).rounded(.up))
    let rate = readable(Double(done) / seconds, digits: 3)
    let numbers = "\(Int(share * 100)) %  \(done)/\(total)  \(rate)/s  \(left) s left"
    let width = 24
    let filled = min(Int(share * Double(width)), width)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    write("\r\u{1B}[K\(label) \(bar) \(numbers)")
  }

  private func write(_ text: String) {
    // A closed standard error is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
