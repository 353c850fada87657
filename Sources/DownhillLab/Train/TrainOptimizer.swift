import Downhill
import DownhillBase
import DownhillFiles
import DownhillKernels
import DownhillMatrix
import DownhillNN

/// The optimizer of a run, over the weights of a store: one for each group of a plan, or one that perturbs all weights.
struct TrainOptimizer {
  private var grouped: GroupedOptimizer<Float>?
  private var perturbing: Optimizer<Float>?
  /// By optimizer, the places of its parameters in the store.
  private let places: [[Int]]
  /// Weights and gradients: of all parameters for groups, of those that move for one that perturbs.
  private let tensors: UnsafeMutableBufferPointer<TensorPointers<Float>>
  private let store: ParameterStore

  /// - Parameters:
  ///   - plan: Who moves what.
  ///   - store: The weights; pointers into it are kept, and it with them.
  ///   - loop: The threads.
  init(_ plan: TrainPlan, _ store: ParameterStore, on loop: TeamLoop) {
    self.store = store
    let moved: [Int]
    if let groups = plan.plan {
      let made = GroupedOptimizer<Float>(groups, for: plan.parameters, on: loop, with: .accelerated)
      grouped = made
      places = plan.groups.filter { $0.spec != nil }.map { $0.parameters }
      moved = Array(plan.parameters.indices)
    } else {
      let group = plan.groups[0]
      perturbing = group.spec.map {
        Optimizer($0, for: group.parameters.map { plan.parameters[$0] }, on: loop, with: .accelerated)
      }
      places = [group.parameters]
      moved = group.parameters
    }
    let all = store.tensors
    tensors = .allocate(capacity: moved.count)
    _ = tensors.initialize(fromContentsOf: moved.map { all[$0] })
  }

  /// Gives back what `init` took.
  func release() { tensors.deallocate() }

  private var optimizers: [Optimizer<Float>] { grouped?.optimizers ?? perturbing.map { [$0] } ?? [] }

  /// What a step moves through main memory.
  var bytesPerStep: Double { optimizers.reduce(0) { $0 + $1.bytesPerStep } }

  /// Whether a step wants a second gradient, at perturbed weights.
  var perturbs: Bool { perturbing != nil }

  /// Moves the weights to where the second gradient is wanted.
  mutating func perturb() { perturbing?.perturb(UnsafeBufferPointer(tensors)) }

  /// Puts perturbed weights back.
  mutating func unperturb() { perturbing?.unperturb(UnsafeBufferPointer(tensors)) }

  /// One step along the store's gradients.
  mutating func update() {
    grouped?.update(UnsafeBufferPointer(tensors))
    perturbing?.update(UnsafeBufferPointer(tensors))
  }

  /// Tells schedules that follow the loss how it went.
  mutating func report(loss: Double) {
    grouped?.report(loss: loss)
    perturbing?.report(loss: loss)
  }

  /// The rate of the next step, of the first rule that has one.
  var rate: Double? { optimizers.first?.value(of: "lr") }

  /// Whether other weights are there to be evaluated than those that are trained.
  var averages: Bool { optimizers.contains { $0.averagesWeights } }

  /// Writes the weights to evaluate in place of those that are trained.
  func writeAverages() {
    for (optimizer, mine) in zip(optimizers, places) where optimizer.averagesWeights {
      for (tensor, parameter) in mine.enumerated() {
        guard let weights = store.weights(of: parameter).baseAddress else { continue }
        optimizer.writeEvaluationWeights(of: tensor, weights, into: weights)
      }
    }
  }

  /// The state as a file.
  func stateFile() throws(SafetensorsError) -> StateFile { try StateFile(optimizers) }

  /// Goes on from a state.
  /// - Returns: What is stepped by another algorithm here than when the state was saved, in sentences.
  /// - Throws: `FileError` that names the first difference.
  mutating func restore(from path: String) throws(FileError) -> [String] {
    let file = try StateFile(contentsOf: path)
    if var restored = grouped {
      try file.restore(&restored, path: path)
      grouped = restored
    }
    if var restored = perturbing {
      try file.restore(&restored, path: path)
      perturbing = restored
    }
    return optimizers.flatMap { file.changedAlgorithms(for: $0) }
  }
}
