public import DownhillBase

/// Several optimizers at work on one network, each on its group of parameters.
///
///     var optimizer = try GroupedOptimizer<Float>(plan, for: parameters, on: .allCores)
///     optimizer.update(&weights, along: gradients)
///
/// A clip by the norm over all parameters sees every group but the frozen ones.
public struct GroupedOptimizer<Scalar: WeightScalar>: Sendable {
  public let plan: OptimizerPlan
  /// All parameters, the frozen ones too, in the order of `update`.
  public let parameters: [Parameter]
  /// The group of each parameter.
  public let assignment: [Int]
  /// One for each group that is not frozen, in the order of the plan.
  public private(set) var optimizers: [Optimizer<Scalar>]

  /// The places among `parameters` of what moves, group behind group.
  private let moved: [Int]
  /// What of that each optimizer moves.
  private let ranges: [Range<Int>]
  /// Whether the groups clip by one norm.
  private let sharesNorm: Bool
  /// Room for the pointers of what moves, in its order; empty between steps.
  nonisolated(unsafe) private var ordered = [TensorPointers<Scalar>]()

  /// - Parameters:
  ///   - plan: The groups.
  ///   - parameters: Names, shapes and, where the plan asks for them, roles.
  ///   - loop: Who runs the pieces of a step.
  ///   - machine: What does the matrix products of a matrix rule.
  public init(
    _ plan: OptimizerPlan, for parameters: [Parameter], on loop: some ParallelLoop = .serial,
    with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) {
    let assignment = plan.assignment(of: parameters)
    var (optimizers, moved, ranges) = ([Optimizer<Scalar>](), [Int](), [Range<Int>]())
    for (group, entry) in plan.groups.enumerated() {
      guard let spec = entry.spec else { continue }
      let mine = parameters.indices.filter { assignment[$0] == group }
      optimizers.append(Optimizer(spec, for: mine.map { parameters[$0] }, on: loop, with: machine))
      moved += mine
      ranges.append(moved.count - mine.count..<moved.count)
    }
    self.plan = plan
    self.parameters = parameters
    self.assignment = assignment
    self.optimizers = optimizers
    self.moved = moved
    self.ranges = ranges
    sharesNorm = plan.sharesNorm
    ordered.reserveCapacity(moved.count)
  }

  /// How many steps were taken.
  public var stepCount: Int { optimizers.first?.stepCount ?? 0 }

  /// Tells schedules that follow the loss how it went, in every group.
  public mutating func report(loss: Double) {
    for group in optimizers.indices { optimizers[group].report(loss: loss) }
  }

  /// One step. It allocates nothing, but the first after a copy.
  /// - Parameter tensors: Weights and gradient of each parameter, in the order of `parameters`; the weights of frozen ones
  ///   stay, and their gradients are not read.
  /// - Precondition: There are as many tensors as parameters, and each has as many numbers as its shape says.
  public mutating func update(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>) {
    precondition(tensors.count == parameters.count, "an update wants weights and gradient of every parameter")
    // Taken out for the time, so that the step may change `self` beside it.
    var ordered = [TensorPointers<Scalar>]()
    swap(&ordered, &self.ordered)
    for parameter in moved { ordered.append(tensors[parameter]) }
    ordered.withUnsafeBufferPointer { step($0) }
    ordered.removeAll(keepingCapacity: true)
    swap(&ordered, &self.ordered)
  }

  /// One step of all parameters by name.
  /// - Parameters:
  ///   - weights: Holds every parameter that is not frozen; others are left alone.
  ///   - gradients: Holds a gradient for each of those.
  /// - Precondition: None is missing, and each has as many numbers as its parameter.
  public mutating func update(_ weights: inout [String: [Scalar]], along gradients: [String: [Scalar]]) {
    lend(moved.map { parameters[$0] }[...], of: &weights, along: gradients) { step($0) }
  }

  /// One step of what moves, group behind group.
  private mutating func step(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>) {
    var squares: Double?
    if sharesNorm {
      var sum = 0.0
      for (group, range) in ranges.enumerated() {
        sum += optimizers[group].gradientSquares(UnsafeBufferPointer(rebasing: tensors[range]))
      }
      squares = sum
    }
    for (group, range) in ranges.enumerated() {
      optimizers[group].update(UnsafeBufferPointer(rebasing: tensors[range]), squaresOfAll: squares)
    }
  }

  /// The state of each group's optimizer; a copy.
  public var states: [OptimizerState<Scalar>] { optimizers.map { $0.state } }

  /// Goes on from states that `states` gave.
  /// - Throws: A `StateError` that names the first difference; nothing is taken over then.
  public mutating func restore(_ states: [OptimizerState<Scalar>]) throws(StateError) {
    guard states.count == optimizers.count else {
      throw StateError("\(states.count) states for \(optimizers.count) groups that are not frozen")
    }
    guard states.allSatisfy({ $0.stepCount == states[0].stepCount }) else {
      throw StateError(
        "the groups' states are of different steps: \(states.map { "\($0.stepCount)" }.joined(separator: ", "))")
    }
    var restored = optimizers
    for (group, state) in states.enumerated() { try restored[group].restore(state) }
    optimizers = restored
  }
}
