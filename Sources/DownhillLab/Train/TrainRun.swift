import DownhillFiles
import DownhillNN

/// Training runs from the outside: begin one, go on with one.
public enum TrainRun {
  /// Begins a run and trains it to its end.
  /// - Parameters:
  ///   - setup: What is trained, checked.
  ///   - path: The run's folder, which must not be there; one below `runs` where nil.
  ///   - trace: A file for a record of the first steps.
  ///   - profiles: Whether the result says what each operation took.
  ///   - output: Where the report goes.
  /// - Throws: `CommandFailure` and `FileError`, with the path, what was found and what is expected.
  public static func start(
    _ setup: TrainSetup, at path: String?, trace: String?, profiles: Bool = false, _ output: TrainOutput
  ) throws -> TrainResult {
    Interruption.survivesFileLimits()
    if let trace { try checkOutput(trace) }
    if let path { try RunFolder.checkPlace(of: path) }
    if trace != nil { try setup.checkTraceable() }
    // Before there is a folder, lest one is left for nothing.
    if let source = setup.configuration.from {
      _ = try WeightsFile.adopt(RunFolder.weights(at: source), into: setup.makeStore())
    }
    let place = try path ?? RunFolder.unused(for: setup.network.entry.name.description)
    let folder = try RunFolder(creating: place, setup)
    let lock = try RunLock(path: folder.lockPath)
    defer { lock.release() }
    try output.say(setup.text)
    let trainer = try Trainer(setup, in: folder, output)
    if let source = setup.configuration.from { try trainer.adopt(source) }
    if let trace { try trainer.traceFirstSteps(to: trace) }
    if profiles { trainer.takeProfile() }
    return try trainer.run()
  }

  /// Goes on with a run from its last checkpoint, to the bits that it would have come to without the break.
  /// - Returns: What it has come to, also where it was at its end already.
  /// - Throws: As `start` does.
  public static func resume(
    _ path: String, version: String, profiles: Bool = false, _ output: TrainOutput
  ) throws -> TrainResult {
    Interruption.survivesFileLimits()
    let folder = try RunFolder(opening: path)
    if folder.isFinished, let end = MetricsHistory(path: folder.metricsPath).end {
      return TrainResult(run: path, end)
    }
    let setup = try TrainSetup(file: folder.configurationPath, settings: [], version: version)
    guard try RunData(readingFrom: path) == RunData(setup.split) else {
      throw CommandFailure(.data, "\(setup.configuration.data): is not the data that \(path) was begun with")
    }
    let begun = try folder.configuration().version
    if begun != version {
      output.note("\(path) was begun by version \(begun), this is \(version): the bits may differ")
    }
    let lock = try RunLock(path: folder.lockPath)
    defer { lock.release() }
    let trainer = try Trainer(setup, in: folder, output)
    if folder.checkpointSteps.isEmpty, let source = setup.configuration.from { try trainer.adopt(source) }
    try trainer.resume()
    if profiles { trainer.takeProfile() }
    return try trainer.run()
  }
}
