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

/// A line of a run's log; what it does not say is nil.
struct MetricsEvent: Decodable {
  /// The step that a run was resumed at.
  var resumed: Int?
  /// That the run has ended.
  var end: Bool?
  var step, steps, parameters: Int?
  /// Of the batches of a step.
  var loss: Double?
  var heldOutLoss, heldOutAccuracy, heldOutTop5, perplexity, trainLoss, seconds: Double?
  var model, precision: String?
}

/// What a run's log says.
struct MetricsHistory {
  /// The loss of the batches of a step.
  private(set) var trainLosses: [(step: Int, loss: Double)] = []
  /// The held-out loss after a step.
  private(set) var evaluations: [(step: Int, loss: Double)] = []
  /// How long it was trained up to the last line.
  private(set) var seconds = 0.0
  /// The line that a run ends with.
  private(set) var end: MetricsEvent?

  /// Reads a log without the broken line at its end, and without what is void.
  init(path: String) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    // A log that nothing was written to yet is empty, which other files must not be.
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
    let decoder = JSONDecoder()
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
      if let event = try? decoder.decode(MetricsEvent.self, from: line) { take(event) }
    }
  }

  private mutating func take(_ event: MetricsEvent) {
    if let resumed = event.resumed {
      // A run that begins anew evaluates its start again.
      let kept = resumed > 0 ? resumed : -1
      trainLosses.removeAll { $0.step > kept }
      evaluations.removeAll { $0.step > kept }
      end = nil
      return
    }
    seconds = event.seconds ?? seconds
    if event.end != nil {
      end = event
      return
    }
    guard let step = event.step else { return }
    if let loss = event.loss { trainLosses.append((step, loss)) }
    if let loss = event.heldOutLoss { evaluations.append((step, loss)) }
  }
}
