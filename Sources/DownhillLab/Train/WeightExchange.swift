import DownhillNN

/// Puts the weights that are to be evaluated in place of those that are trained, for a while.
final class WeightExchange {
  private let store: ParameterStore
  private var kept: [[Float]] = []

  init(_ store: ParameterStore) { self.store = store }

  /// Runs a closure with the averages of an optimizer in the store.
  func withAverages<Result>(of optimizer: TrainOptimizer, _ body: () throws -> Result) rethrows -> Result {
    if kept.isEmpty {
      kept = store.parameters.indices.map { Array(store.weights(of: $0)) }
    } else {
      for place in kept.indices {
        kept[place].withUnsafeMutableBufferPointer { _ = $0.update(from: store.weights(of: place)) }
      }
    }
    optimizer.writeAverages()
    defer { for place in kept.indices { _ = store.weights(of: place).update(from: kept[place]) } }
    return try body()
  }
}
