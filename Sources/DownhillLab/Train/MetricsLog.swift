import DownhillFiles
import Foundation

/// A run's log: one line of JSON for each event, only ever appended to.
///
/// A line counts once its line break is there. What a kill left of a line is told apart by that, skipped by readers, and
/// set off by a line break of its own when the run goes on. A run that was killed goes on from its last checkpoint: the
/// line `{"resumed":STEP}` says that what came after that step is void.
final class MetricsLog {
  private let handle: FileHandle
  private let path: String

  /// Opens a log to append to; makes it where it is not there.
  /// - Throws: `CommandFailure` of kind input.
  init(path: String) throws {
    self.path = path
    let files = FileManager.default
    guard files.fileExists(atPath: path) || files.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forUpdatingAtPath: path)
    else { throw CommandFailure(.input, "\(path): cannot be opened for writing") }
    self.handle = handle
    do {
      let end = try handle.seekToEnd()
      guard end > 0 else { return }
      try handle.seek(toOffset: end - 1)
      let last = try handle.read(upToCount: 1)
      if last != Data([UInt8(ascii: "\n")]) { try handle.write(contentsOf: Data("\n".utf8)) }
    } catch { throw Self.failure(path, error) }
  }

  deinit { try? handle.close() }

  /// Appends an event.
  /// - Throws: `CommandFailure` of kind input, where the disk is full.
  func append(_ event: [(key: String, value: JSON)]) throws {
    do { try handle.write(contentsOf: Data((JSON.object(event).serialized + "\n").utf8)) } catch {
      throw Self.failure(path, error)
    }
  }

  /// Brings what was appended to the disk.
  func synchronize() throws {
    do { try handle.synchronize() } catch { throw Self.failure(path, error) }
  }

  private static func failure(_ path: String, _ error: any Error) -> CommandFailure {
    CommandFailure(.input, "\(path): \(error.localizedDescription)")
  }
}

/// What a run's log says.
struct MetricsHistory {
  /// A line that says how an evaluation went, and when.
  struct Evaluation {
    let step: Int
    let loss: Double
  }

  /// The loss of the batches of a step.
  private(set) var trainLosses: [(step: Int, loss: Double)] = []
  private(set) var evaluations: [Evaluation] = []
  /// How long it was trained up to the last line.
  private(set) var seconds = 0.0
  /// The line that a run ends with.
  private(set) var end: [String: Any]?

  /// Reads a log without the broken line at its end, and without what is void.
  init(path: String) throws(FileError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var bytes = [UInt8]()
    // A log that nothing was written to yet is empty, which other files must not be.
    if let data = FileManager.default.contents(atPath: path) { bytes = Array(data) }
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[..<$0] } ?? []
    for line in whole.split(separator: UInt8(ascii: "\n")) {
      guard let event = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any] else { continue }
      take(event)
    }
  }

  private mutating func take(_ event: [String: Any]) {
    func number(_ key: String) -> Double? { (event[key] as? NSNumber)?.doubleValue }
    if let resumed = number("resumed") {
      // A run that begins anew evaluates its start again.
      let kept = resumed > 0 ? resumed : -1
      trainLosses.removeAll { Double($0.step) > kept }
      evaluations.removeAll { Double($0.step) > kept }
      end = nil
      return
    }
    seconds = number("seconds") ?? seconds
    if event["end"] != nil {
      end = event
      return
    }
    guard let step = number("step").map({ Int($0) }) else { return }
    if let loss = number("loss") { trainLosses.append((step, loss)) }
    if let loss = number("heldOutLoss") { evaluations.append(Evaluation(step: step, loss: loss)) }
  }
}
