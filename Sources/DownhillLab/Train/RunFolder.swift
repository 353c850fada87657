import DownhillFiles
import Foundation

/// Whether a file or a folder is there.
func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

/// A run's folder: `config.yaml`, `data.json`, `metrics.jsonl`, `checkpoints/<step>/`, and `weights.safetensors` when it
/// has ended.
///
/// The folder appears with its configuration in one rename, a checkpoint with all its files in another: whatever moment
/// a run is killed at, what is there is whole.
struct RunFolder: Sendable {
  let path: String

  var configurationPath: String { path + "/config.yaml" }
  var metricsPath: String { path + "/metrics.jsonl" }
  var weightsPath: String { path + "/weights.safetensors" }
  var figurePath: String { path + "/loss.svg" }
  var lockPath: String { path + "/lock" }
  private var checkpointsPath: String { path + "/checkpoints" }

  /// Whether the run has come to its end.
  var isFinished: Bool { FileManager.default.fileExists(atPath: weightsPath) }

  /// A folder that is there.
  /// - Throws: `CommandFailure` of kind input where it is none of a run's.
  init(opening path: String) throws(CommandFailure) {
    self.path = path
    guard FileManager.default.fileExists(atPath: path + "/config.yaml") else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw CommandFailure(
        .input, "\(path): " + (isThere ? "no run's folder: it has no config.yaml" : "does not exist"))
    }
  }

  /// A new folder with what is known before the first step.
  /// - Throws: `CommandFailure` of kind input where there is something of that name, or the folder around it is missing.
  init(creating path: String, _ setup: TrainSetup) throws {
    self.path = path
    try Self.checkPlace(of: path)
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let draft = "\(parent)/.downhill-\(UUID().uuidString).tmp"
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: draft + "/checkpoints", withIntermediateDirectories: true)
      try writeAtomically(setup.configuration.yaml, to: draft + "/config.yaml")
      let ranks = setup.configuration.dataSettings.tokens
      try RunData(setup.split).write(to: draft, ranks: ranks)
      try Self.rename(draft, path)
      Self.synchronize(parent)
    } catch {
      try? files.removeItem(atPath: draft)
      throw Self.failure(error, path)
    }
  }

  /// That a run's folder can be made there.
  static func checkPlace(of path: String) throws(CommandFailure) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let files = FileManager.default
    var isDirectory = ObjCBool(false)
    guard files.fileExists(atPath: parent, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw CommandFailure(.input, "\(path): the folder \(parent) does not exist")
    }
    guard !files.fileExists(atPath: path) else {
      throw CommandFailure(.input, "\(path): is there already; name another --out, or go on with downhill resume")
    }
  }

  /// What it was begun with.
  /// - Throws: As `ConfigurationFile` does.
  func configuration() throws -> TrainConfiguration {
    var configuration = TrainConfiguration()
    try ConfigurationFile(contentsOf: configurationPath).apply(to: &configuration)
    return configuration
  }

  /// The first of `runs/NAME-1`, `runs/NAME-2`, … that is free; makes the folder `runs`.
  static func unused(for name: String) throws(CommandFailure) -> String {
    let files = FileManager.default
    do { try files.createDirectory(atPath: "runs", withIntermediateDirectories: true) } catch {
      throw CommandFailure(.input, "runs: the folder for runs cannot be made here; name another place by --out")
    }
    var number = 1
    while files.fileExists(atPath: "runs/\(name)-\(number)") { number += 1 }
    return "runs/\(name)-\(number)"
  }

  /// The weights of a run, or of a safetensors file: at the end of the run, or as its last checkpoint has them.
  static func weights(at path: String) throws(CommandFailure) -> String {
    guard isThere(path + "/config.yaml") else { return path }
    let folder = try RunFolder(opening: path)
    if folder.isFinished { return folder.weightsPath }
    guard let step = folder.checkpointSteps.last else {
      throw CommandFailure(.data, "\(path): a run without a checkpoint yet")
    }
    return folder.checkpoint(at: step) + "/weights.safetensors"
  }

  /// The steps of the checkpoints that are there, rising.
  var checkpointSteps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) ?? []
    return names.compactMap { Int($0) }.sorted()
  }

  func checkpoint(at step: Int) -> String { "\(checkpointsPath)/\(step)" }

  /// Puts a checkpoint in its place when all its files are written.
  /// - Parameters:
  ///   - step: The steps that were taken.
  ///   - write: Writes its files into the folder that it is given.
  func addCheckpoint(at step: Int, _ write: (_ folder: String) throws -> Void) throws {
    let files = FileManager.default
    let (draft, target) = ("\(checkpointsPath)/.draft", checkpoint(at: step))
    do {
      if files.fileExists(atPath: draft) { try files.removeItem(atPath: draft) }
      try files.createDirectory(atPath: draft, withIntermediateDirectories: true)
      try write(draft)
      // The same step with the same bits, from before a kill.
      if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
      try Self.rename(draft, target)
      Self.synchronize(checkpointsPath)
    } catch {
      try? files.removeItem(atPath: draft)
      throw Self.failure(error, target)
    }
  }

  /// Removes all checkpoints but the newest two and the best.
  func prune(best: Int?) {
    for step in checkpointSteps.dropLast(2) where step != best {
      // Under another name first, so that none is ever half there.
      let doomed = "\(checkpointsPath)/.old"
      try? FileManager.default.removeItem(atPath: doomed)
      guard (try? Self.rename(checkpoint(at: step), doomed)) != nil else { continue }
      try? FileManager.default.removeItem(atPath: doomed)
    }
  }

  private static func rename(_ old: String, _ new: String) throws(CommandFailure) {
    guard Foundation.rename(old, new) == 0 else {
      throw CommandFailure(.input, "\(new): \(String(cString: strerror(errno)))")
    }
  }

  private static func synchronize(_ folder: String) {
    let descriptor = open(folder, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// An error of any kind with the place that the user knows.
  private static func failure(_ error: any Error, _ path: String) -> CommandFailure {
    switch error {
    case let failure as CommandFailure: failure
    case let error as FileError:
      CommandFailure(error.kind == .data ? .data : .input, "\(path): \(error.message)")
    default: CommandFailure(.input, "\(path): \(error.localizedDescription)")
    }
  }
}
