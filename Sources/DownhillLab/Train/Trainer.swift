import DownhillBase
import DownhillFiles
import DownhillKernels
import DownhillNN
import Foundation

/// The loop of a run: gradient, step, and now and then an evaluation and a checkpoint.
final class Trainer {
  let setup: TrainSetup
  let folder: RunFolder
  let output: TrainOutput
  let store: ParameterStore
  private let pass: NetworkPass
  var optimizer: TrainOptimizer
  var progress = TrainProgress()
  let check: GradientCheck
  let evaluation: HeldOutEvaluation?
  /// Where the averages of the optimizer are what counts.
  private(set) var exchange: WeightExchange?
  let samples: TextSamples?
  let log: MetricsLog
  private var trace: TrainTrace?
  private var profile: TrainProfile?
  let start = ContinuousClock.now
  private(set) var secondsBefore = 0.0

  var configuration: TrainConfiguration { setup.configuration }

  /// - Throws: `SamplingError` where the way of sampling does not fit the set, and what the log throws.
  init(_ setup: TrainSetup, in folder: RunFolder, _ output: TrainOutput) throws {
    (self.setup, self.folder, self.output) = (setup, folder, output)
    let (configuration, split) = (setup.configuration, setup.split)
    let loop = TeamLoop.withLibraries(workerCount: configuration.threads)
    var purpose = NetworkPass.Purpose(batch: configuration.batch)
    (purpose.mode, purpose.smoothing, purpose.seed) = (.training, configuration.labelSmoothing, configuration.seed)
    if case .importance = split.sampling { purpose.isWeighted = true }
    pass = NetworkPass(setup.network, split.form, for: purpose, nil, on: loop)
    let store = pass.store
    self.store = store
    store.initialize(seed: configuration.initializationSeed)
    optimizer = TrainOptimizer(setup.plan, store, on: loop)
    check = GradientCheck(store, on: loop)
    evaluation = split.heldOutBatches(of: max(configuration.batch, 32)).map {
      HeldOutEvaluation(setup.network, store, on: $0, loop: loop)
    }
    if optimizer.averages, configuration.evaluates == .averaged { exchange = WeightExchange(store) }
    samples = TextSamples(setup, store, on: loop)
    log = try MetricsLog(path: folder.metricsPath)
  }

  deinit {
    optimizer.release()
    check.release()
  }

  /// Begins with the weights of another run or file.
  func adopt(_ path: String) throws {
    let source = try RunFolder.weights(at: path)
    for note in try WeightsFile.adopt(source, into: store) { try output.say("\(note)\n") }
  }

  /// Goes on from the last checkpoint, or begins where there is none.
  func resume() throws {
    let history = MetricsHistory(path: folder.metricsPath)
    secondsBefore = history.seconds
    if let step = folder.checkpointSteps.last {
      let (reached, notes) = try Checkpoint.read(folder.checkpoint(at: step), into: store, &optimizer)
      guard reached.step == step, reached.step <= configuration.steps else {
        throw CommandFailure(.data, "\(folder.checkpoint(at: step)): is of step \(reached.step)")
      }
      progress = reached
      for note in notes { output.note("\(note): the bits will differ") }
    }
    try log.append([("resumed", .integer(progress.step))])
  }

  /// Records the first steps for a twin.
  func traceFirstSteps(to path: String) throws {
    trace = try TrainTrace(path: path, configuration, store)
  }

  /// Takes the time of each operation.
  func takeProfile() {
    profile = TrainProfile(
      pass.program, steps: configuration.steps - progress.step,
      usesBFloat16: setup.network.precision.computed == .bfloat16, on: TeamLoop(workerCount: configuration.threads))
  }

  /// Trains to the end, or until the user wants no more.
  func run() throws -> TrainResult {
    let interruption = Interruption()
    if progress.step == 0 {
      try samples?.say("before", output)
      try evaluate()
    }
    try train(until: interruption)
    let isOver = progress.step >= configuration.steps || progress.hasStopped
    var result = try isOver ? finish() : pause()
    result.profile = profile?.table(optimizerBytes: optimizer.bytesPerStep)
    guard !isOver, let signal = interruption.signalNumber else { return result }
    return result.interrupted(by: signal)
  }

  private func train(until interruption: Interruption) throws {
    guard progress.step < configuration.steps, !progress.hasStopped else { return }
    let source = try setup.split.batches(of: configuration.batch, seed: configuration.dataSettings.seed)
    let gradients = GradientSource(
      pass, source, from: progress.batch, accumulate: configuration.accumulate, repeats: optimizer.perturbs)
    if trace != nil {
      gradients.witness = { [self] batch in
        if trace?.holds(progress.step) ?? false { trace?.record(batch, step: progress.step) }
      }
    }
    let bar = TrainBar(
      from: progress.step, to: configuration.steps,
      perStep: configuration.batch * configuration.accumulate * setup.split.form.unitsPerSample,
      unit: setup.split.form.unit)
    defer { bar.clear() }
    let logEvery = max(1, configuration.steps / 2000)
    while progress.step < configuration.steps, !progress.hasStopped, interruption.signalNumber == nil {
      let loss = try step(gradients)
      if progress.step % logEvery == 0 {
        var event: [(key: String, value: JSON)] = [("step", .integer(progress.step)), ("loss", .number(loss))]
        if let rate = optimizer.rate { event.append(("lr", .number(rate))) }
        try log.append(event)
      }
      bar.show(step: progress.step, loss: loss)
      try trace?.finish(after: progress.step)
      try lookAround(bar)
    }
    if let failure = interruption.signalNumber, progress.step < configuration.steps, !progress.hasStopped {
      try checkpoint()
      output.note("stopped by signal \(failure) after step \(progress.step); downhill resume \(folder.path) goes on")
    }
  }

  /// One step; its loss.
  private func step(_ gradients: GradientSource) throws -> Double {
    profile?.beginStep()
    var loss = try gradients.next(progress.batch)
    try checkFinite(loss)
    if trace?.holds(progress.step) ?? false { try trace?.record(loss: loss, step: progress.step) }
    if optimizer.perturbs {
      timed { optimizer.perturb() }
      let second = try gradients.repeated(progress.batch)
      do { try checkFinite(second) } catch {
        optimizer.unperturb()
        throw error
      }
      // A trace of NaN in place of a loss would be worse than the loss before.
      loss = loss.isFinite ? loss : second
    }
    timed { optimizer.update() }
    profile?.endStep()
    progress.note(loss: loss)
    progress.step += 1
    progress.batch += configuration.accumulate
    return loss
  }

  /// A part of a step that is the optimizer's.
  private func timed(_ body: () -> Void) {
    if let profile { profile.update(body) } else { body() }
  }

  /// That loss and gradients are numbers: the weights are still those of the step before.
  private func checkFinite(_ loss: Double) throws {
    guard !loss.isFinite || !check.allAreFinite() else { return }
    throw try failure(loss.isFinite ? "a gradient is not finite" : "the loss is \(loss)")
  }

  /// Why the run cannot go on, and where; the log is told as well.
  func failure(_ reason: String) throws -> CommandFailure {
    let names = check.culprits
    let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    let last = folder.checkpointSteps.last.map { "the last checkpoint is \(folder.checkpoint(at: $0))" }
    let message =
      "step \(progress.step), batch \(progress.batch): \(reason), in \(names.isEmpty ? "no parameter" : shown); "
      + (last ?? "there is no checkpoint yet")
    try log.append([("failed", .text(message)), ("seconds", .number(seconds))])
    return CommandFailure(.data, "\(folder.path): \(message)")
  }
}
