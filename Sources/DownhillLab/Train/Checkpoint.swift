import DownhillFiles
import DownhillNN

/// Everything that a run goes on from, in a folder of its own.
enum Checkpoint {
  private static func weights(_ folder: String) -> String { folder + "/weights.safetensors" }
  private static func averaged(_ folder: String) -> String { folder + "/averaged.safetensors" }
  private static func optimizer(_ folder: String) -> String { folder + "/optimizer.safetensors" }
  private static func progress(_ folder: String) -> String { folder + "/progress.safetensors" }

  /// Writes the files.
  /// - Parameter exchange: Puts averages in the store's place, where there are some that count.
  static func write(
    to folder: String, _ store: ParameterStore, _ state: TrainOptimizer, _ reached: TrainProgress,
    averagedBy exchange: WeightExchange?
  ) throws {
    try WeightsFile.write(store, to: weights(folder))
    try exchange?.withAverages(of: state) { try WeightsFile.write(store, to: averaged(folder)) }
    try naming(optimizer(folder)) { try state.stateFile() }.write(to: optimizer(folder))
    try reached.write(to: progress(folder))
  }

  /// Takes everything over.
  /// - Returns: How far the run had come, and notes about what is not as it was.
  /// - Throws: `FileError` that names the file and the first difference to the run's network and rules.
  static func read(
    _ folder: String, into store: ParameterStore, _ state: inout TrainOptimizer
  ) throws(FileError) -> (TrainProgress, notes: [String]) {
    let reached = try TrainProgress(contentsOf: progress(folder))
    try WeightsFile.read(weights(folder), into: store)
    return (reached, try state.restore(from: optimizer(folder)))
  }

  /// Takes over the weights that are to be evaluated.
  static func readEvaluated(_ folder: String, into store: ParameterStore) throws(FileError) {
    let averages = averaged(folder)
    try WeightsFile.read(isThere(averages) ? averages : weights(folder), into: store)
  }
}
