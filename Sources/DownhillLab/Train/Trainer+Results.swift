import DownhillFiles
import DownhillNN

/// What a run measures and writes.
extension Trainer {
  /// Evaluation and checkpoint, where it is time.
  func lookAround(_ bar: TrainBar) throws {
    let isLast = progress.step == configuration.steps
    func isDue(_ every: Int) -> Bool { isLast || (every > 0 && progress.step % every == 0) }
    var isBest = false
    if isDue(configuration.evaluateEvery) {
      bar.clear()
      isBest = try evaluate()
      bar.heldOutLoss = progress.lastHeldOutLoss
    }
    if isBest || isDue(configuration.checkpointEvery) || progress.hasStopped { try checkpoint() }
  }

  /// Measures the held-out loss, and takes note of it.
  /// - Returns: Whether it is the best so far.
  @discardableResult
  func evaluate() throws -> Bool {
    guard let measurement = try measured() else {
      if let loss = progress.trainLoss { optimizer.report(loss: loss) }
      return false
    }
    // The start is no candidate for the best.
    let isBest = progress.step > 0 && progress.note(heldOutLoss: measurement.loss)
    if progress.step > 0 { optimizer.report(loss: measurement.loss) }
    if configuration.patience > 0, progress.badEvaluations >= configuration.patience { progress.hasStopped = true }
    var event: [(key: String, value: JSON)] = [
      ("step", .integer(progress.step)), ("heldOutLoss", .number(measurement.loss)),
    ]
    if let accuracy = measurement.accuracy { event.append(("heldOutAccuracy", .number(accuracy))) }
    if let topFive = measurement.topFive { event.append(("heldOutTop5", .number(topFive))) }
    if let bytes = residentMemoryBytes() { event.append(("memoryBytes", .integer(bytes))) }
    try log.append(event + [("seconds", .number(seconds))])
    try output.say(EvaluationLine(progress, measurement, of: configuration.steps).text)
    return isBest
  }

  /// Of the weights that count.
  private func measured() throws -> HeldOutMeasurement? {
    guard let exchange else { return try evaluation?.run() }
    return try exchange.withAverages(of: optimizer) { try evaluation?.run() }
  }

  func checkpoint() throws {
    guard check.weightsAreFinite() else { throw try failure("the update made weights that are not finite") }
    try log.synchronize()
    try folder.addCheckpoint(at: progress.step) { draft in
      try Checkpoint.write(to: draft, store, optimizer, progress, averagedBy: exchange)
    }
    folder.prune(best: progress.best?.step)
  }

  var seconds: Double {
    secondsBefore + (ContinuousClock.now - start) / .seconds(1)
  }

  private func result(_ measurement: HeldOutMeasurement?) -> TrainResult {
    TrainResult(
      run: folder.path, model: configuration.model, parameters: store.count, steps: progress.step,
      trainLoss: progress.trainLoss, heldOut: measurement, precision: "\(setup.network.precision.computed.knobName)",
      seconds: seconds)
  }

  func pause() throws -> TrainResult { result(try measured()) }

  /// Measures and writes the weights that are kept: with patience the best, else the last.
  func finish() throws -> TrainResult {
    if configuration.patience > 0, let best = progress.best, best.step != progress.step {
      try Checkpoint.readEvaluated(folder.checkpoint(at: best.step), into: store)
      try output.say("the best weights are those of step \(best.step)\n")
    } else if exchange != nil {
      optimizer.writeAverages()
    }
    let result = result(try evaluation?.run())
    try samples?.say("after", output)
    try log.append([("end", .flag(true))] + result.members.filter { $0.key != "run" })
    try log.synchronize()
    try TrainFigure(of: folder, configuration).write()
    try WeightsFile.write(store, to: folder.weightsPath)
    return result
  }
}
