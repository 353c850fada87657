public import DownhillBase

/// A parameter that an optimizer moves: its name in files and messages, its shape, and what it does in its network.
public struct Parameter: Sendable, Equatable {
  public let name: String
  public let shape: Shape
  /// By which a plan may choose its rule; nil where nobody said.
  public let role: ParameterRole?

  public init(_ name: String, _ shape: Shape, role: ParameterRole? = nil) {
    self.name = name
    self.shape = shape
    self.role = role
  }
}

/// An optimizer at work: a rule with its wrappers, the state of every parameter, and the count of steps.
///
///     var optimizer = try Optimizer<Float>("adamw:lr=3e-4", for: weights.count)
///     optimizer.update(&weights, along: gradient)
///
/// It is a value: a copy is a snapshot, which costs its memory at the first step after. A step of it allocates nothing.
public struct Optimizer<Scalar: WeightScalar>: Sendable {
  /// What it was made from, with later changes of knobs.
  public private(set) var spec: OptimizerSpec
  /// What it moves, in the order in which a step takes them.
  public let parameters: [Parameter]

  var storage: OptimizerStorage<Scalar>
  private var phases: [OptimizerSpec.Phase]
  /// Where the weights were, for an optimizer that perturbs them.
  var perturbation: PerturbationStorage<Scalar>?
  let loop: LoopBody

  /// - Parameters:
  ///   - spec: The rule with its wrappers.
  ///   - parameters: What it will move.
  ///   - loop: Who runs the pieces of a step; `.allCores` comes with `DownhillThreads`.
  ///   - machine: What does the matrix products of a matrix rule; `.accelerated` comes with `DownhillKernels`.
  public init(
    _ spec: OptimizerSpec, for parameters: [Parameter], on loop: some ParallelLoop = .serial,
    with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) {
    self.init(spec, for: parameters, storedAs: .full, on: loop, with: machine)
  }

  /// In a format that was checked, or is that of `Scalar`.
  init(
    _ spec: OptimizerSpec, for parameters: [Parameter], storedAs format: StorageFormat, on loop: some ParallelLoop,
    with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) {
    self.spec = spec
    self.parameters = parameters
    self.loop = LoopBody(loop)
    phases = spec.phases
    storage = OptimizerStorage(
      layout: StepLayout(phases[0], storing: format), shapes: parameters.map { $0.shape },
      workerCount: self.loop.workerCount,
      format: format, machine: machine)
    perturbation = spec.perturbation.map { PerturbationStorage($0, shapes: parameters.map { $0.shape }) }
  }

  /// How many steps were taken.
  public var stepCount: Int { storage.stepCount }

  /// One step. It allocates nothing, but where a `switch` puts another rule in its place.
  /// - Parameter tensors: Weights and gradient of each parameter, in the order of `parameters`.
  /// - Precondition: There are as many tensors as parameters, and each has as many numbers as its shape says.
  public mutating func update(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>) {
    precondition(tensors.count == parameters.count, "an update wants weights and gradient of every parameter")
    precondition(storageFormat.weights == .full, "this optimizer was made for weights of 16 bits")
    unperturb(tensors)
    step(tensors)
  }

  /// In what numbers it keeps its state, and what weights it trains.
  public var storageFormat: StorageFormat { storage.format }

  mutating func step(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>) {
    if phases.count > 1, phases.contains(where: { $0.begin == stepCount && $0.begin > 0 }) {
      let next = phase(before: stepCount + 1)
      if storage.layout.begin != phases[next].begin { enter(next) }
    }
    let storage = ownStorage()
    guard let first = tensors.baseAddress else {
      // No parameters, but a step all the same: schedules and saved states count it.
      storage.stepCount += 1
      return
    }
    Scalar.step(storage, first, loop)
  }

  /// One step beside other optimizers, with the sum of the squares of all their gradients.
  mutating func update(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>, squaresOfAll: Double?) {
    // No reference is held over the step, which would look like another owner's.
    ownStorage().squaresOfAll = squaresOfAll
    update(tensors)
    ownStorage().squaresOfAll = nil
  }

  /// The sum of the squares of all gradients.
  mutating func gradientSquares(_ tensors: UnsafeBufferPointer<TensorPointers<Scalar>>) -> Double {
    tensors.baseAddress.map { Scalar.squares(ownStorage(), $0, loop) } ?? 0
  }

  /// The memory, to write to: this value's own from here on.
  mutating func ownStorage() -> OptimizerStorage<Scalar> {
    if !isKnownUniquelyReferenced(&storage) { storage = OptimizerStorage(copying: storage) }
    return storage
  }

  /// What a numeric knob of the rule is at the next step, by its schedule where it has one; nil for an unknown knob.
  public func value(of knob: String) -> Double? {
    let next = phases[phase(before: stepCount + 1)]
    let rule = next.spec.rule
    guard let place = rule.entry.knobs.firstIndex(where: { $0.name.equals(knob) }) else { return nil }
    guard let schedule = rule.schedules.first(where: { $0.knob == place })?.schedule else { return rule.values[place] }
    let name = PlateauName(stage: next.spec.wrappers.count, rule.entry, knob: place)
    return schedule.value(at: stepCount - next.begin, onPlateau: storage.reached(name))
  }

  /// Sets a knob of the rule to a number from the next step on; a schedule on it ends.
  /// - Throws: Where there is no such knob, or the value is out of its range.
  public mutating func set(_ knob: String, to value: Double) throws(SpecError) {
    try set(knob, to: .constant(value))
  }

  /// Puts a schedule on a knob of the rule, which counts from the first step of the optimizer.
  /// - Throws: Where there is no such knob, or the schedule leaves its range.
  public mutating func set(_ knob: String, to schedule: Schedule) throws(SpecError) {
    let current = phase(before: stepCount + 1)
    try spec.set(knob, to: schedule, inPhase: current)
    phases = spec.phases
    enter(current)
  }

  /// The phase in which step t = 1, 2, … is taken.
  private func phase(before step: Int) -> Int { phases.lastIndex { $0.begin < step } ?? 0 }

  private mutating func enter(_ phase: Int) {
    storage = OptimizerStorage(
      layout: StepLayout(phases[phase], storing: storage.format), continuing: storage)
  }

  /// One of the same spec and parameters, without a step, laid out as it is after `step` steps.
  package func positioned(at step: Int) -> Self {
    var fresh = self
    fresh.storage = OptimizerStorage(
      layout: StepLayout(phases[phase(before: step)], storing: storage.format), like: storage)
    return fresh
  }

  /// The names of the parts of each parameter's state.
  public var partNames: [String] { storage.layout.keptParts.map { $0.name } }

  /// By which algorithm each matrix is stepped, where shape and processor choose it, such as `gram, restart 3, bf16,
  /// avx512-bf16`: with spec and shapes, all that the bits of a step depend on.
  public var algorithms: [(parameter: String, algorithm: String)] {
    guard case .matrix(let body) = storage.layout.rule.body else { return [] }
    let values = storage.layout.spec.rule.values
    return parameters.compactMap { parameter in
      body.algorithm(values, parameter.shape, storage.machine).map { (parameter.name, $0) }
    }
  }

  /// The parts that one of the parameters has, and their shapes.
  package func parts(of parameter: Parameter) -> [(name: String, shape: Shape)] {
    storage.layout.keptParts.compactMap { part in
      part.shape(parameter.shape).map { (part.name, $0) }
    }
  }

  /// The state of every parameter, by part; a copy.
  public var state: OptimizerState<Scalar> {
    get { storage.state(of: parameters) }
  }

  /// Goes on from a state that `state` gave.
  /// - Throws: A `StateError` that names the first part that is missing, left over, or of another shape.
  public mutating func restore(_ state: OptimizerState<Scalar>) throws(StateError) {
    let fresh = positioned(at: state.stepCount)
    try fresh.storage.adopt(state, of: parameters)
    storage = fresh.storage
    // In a copy, lest another optimizer's weights stay where they are.
    perturbation = perturbation.map { PerturbationStorage(copying: $0) }
    perturbation?.forget()
  }
}
