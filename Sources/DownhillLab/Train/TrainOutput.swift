import DownhillBase
import Foundation

/// What a run says while it goes: lines of a report, and a bar on standard error.
public struct TrainOutput: Sendable {
  /// Says a line of the report; nothing where JSON is wanted.
  let say: @Sendable (String) throws -> Void

  /// - Parameter say: Takes text that ends with a line break.
  public init(say: @escaping @Sendable (String) throws -> Void) { self.say = say }

  /// What a reader should know, on standard error.
  func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("Note: \(text)\n".utf8))
  }
}

/// A run's state for a reader, on standard error: a bar on a terminal, a line now and then elsewhere.
final class TrainBar {
  private let total: Int
  private let unit: String
  /// Tokens, images or samples a step.
  private let perStep: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1 && !TerminalStyle.isDumb(ProcessInfo.processInfo.environment)
  private let start = ContinuousClock.now
  private let first: Int
  private var lastShown = ContinuousClock.now
  private var hasShown = false
  /// Of the last evaluation.
  var heldOutLoss: Double?

  init(from first: Int, to total: Int, perStep: Int, unit: String) {
    (self.first, self.total, self.perStep, self.unit) = (first, total, perStep, unit)
  }

  /// Shows the state after a step, where it is time.
  func show(step: Int, loss: Double) {
    let now = ContinuousClock.now
    guard now - lastShown >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
    lastShown = now
    hasShown = true
    let seconds = (now - start) / .seconds(1)
    let rate = Double(step - first) / max(seconds, 1e-9)
    let left = Int((Double(total - step) / max(rate, 1e-9)).rounded(.up))
    var numbers = "\(step)/\(total)  loss \(readable(loss))"
    if let heldOutLoss { numbers += "  held-out \(readable(heldOutLoss))" }
    numbers += "  \(readable(rate * Double(perStep), digits: 3)) \(unit)/s  \(Self.time(left)) left"
    if let bytes = residentMemoryBytes() { numbers += "  \(bytes >> 20) MiB" }
    if isTerminal {
      let filled = 20 * step / max(total, 1)
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
      write("\r\u{1B}[K\(bar) \(numbers)")
    } else {
      write("step \(numbers)\n")
    }
  }

  /// Clears the bar.
  func clear() {
    if hasShown, isTerminal { write("\r\u{1B}[K") }
    hasShown = false
  }

  private static func time(_ seconds: Int) -> String {
    if seconds < 120 { return "\(seconds) s" }
    return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
  }

  private func write(_ text: String) {
    // A closed standard error is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
