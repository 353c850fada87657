import DownhillFiles

/// How far a run has come, beside weights and the optimizer's state.
struct TrainProgress: Equatable {
  /// The best evaluation.
  struct Best: Equatable {
    let step: Int
    let loss: Double
  }

  /// Steps that were taken.
  var step = 0
  /// The number of the next batch, which order, augmentation and dropout follow from.
  var batch = 0
  var best: Best?
  /// Evaluations since the best.
  var badEvaluations = 0
  /// Whether patience ended the run.
  var hasStopped = false
  /// Of the last evaluation; not kept from one process to the next.
  private(set) var lastHeldOutLoss: Double?
  /// The losses of the last steps, the latest last.
  private(set) var recentLosses: [Double] = []

  private static let recentCount = 100

  /// The mean over the last hundred steps, or as many as there were.
  var trainLoss: Double? {
    recentLosses.isEmpty ? nil : recentLosses.reduce(0, +) / Double(recentLosses.count)
  }

  mutating func note(loss: Double) {
    recentLosses.reserveCapacity(Self.recentCount)
    if recentLosses.count == Self.recentCount { recentLosses.removeFirst() }
    recentLosses.append(loss)
  }

  /// Takes note of an evaluation.
  /// - Returns: Whether it is the best.
  mutating func note(heldOutLoss loss: Double) -> Bool {
    lastHeldOutLoss = loss
    guard !loss.isNaN, loss < best?.loss ?? .infinity else {
      badEvaluations += 1
      return false
    }
    best = Best(step: step, loss: loss)
    badEvaluations = 0
    return true
  }
}

extension TrainProgress {
  private static let format = "downhill-progress/1"

  /// Writes it as a safetensors file.
  func write(to path: String) throws {
    let counts = [
      step, batch, best?.step ?? -1, badEvaluations, hasStopped ? 1 : 0,
    ]
    let file = try SafetensorsFile(
      [
        TensorData(name: "counters", shape: [counts.count], values: counts.map { Int64($0) }),
        TensorData(name: "best-loss", shape: [], values: [best?.loss ?? 0]),
        TensorData(name: "recent-losses", shape: [recentLosses.count], values: recentLosses),
      ], metadata: ["format": Self.format, "counters": "step, batch, best step or -1, evaluations since, stopped"])
    try file.write(to: path)
  }

  /// - Throws: `FileError` where it cannot be read, or is no such file.
  init(contentsOf path: String) throws(FileError) {
    let file = try SafetensorsFile(contentsOf: path)
    func refuse(_ message: String) -> FileError { FileError(kind: .data, path: path, message: message) }
    guard file.metadata["format"] == Self.format else {
      throw refuse("not a run's progress: the metadata's format is not \(Self.format)")
    }
    let counters: [Int64], losses: [Double], best: [Double]
    do {
      (counters, losses) = (try file.values(of: "counters"), try file.values(of: "recent-losses"))
      best = try file.values(of: "best-loss")
    } catch { throw FileError(error, path: path) }
    guard counters.count == 5, best.count == 1, counters[0] >= 0, counters[1] >= 0, losses.count <= Self.recentCount
    else { throw refuse("counters \(counters), expected five whole numbers") }
    step = Int(counters[0])
    batch = Int(counters[1])
    self.best = counters[2] >= 0 ? Best(step: Int(counters[2]), loss: best[0]) : nil
    badEvaluations = Int(counters[3])
    hasStopped = counters[4] != 0
    recentLosses = losses
  }
}
