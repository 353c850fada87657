import DownhillBase
public import DownhillKernels

/// A tape at work: memory planned once, then passes that allocate nothing.
public final class Program {
  /// Whether gradients are wanted.
  public enum Mode: Sendable {
    /// Forward and backward; dropout drops.
    case training
    /// Forward alone.
    case evaluation
  }

  public let store: ParameterStore
  private let tape: Tape
  private let mode: Mode
  private let loop: TeamLoop
  private let arena: AlignedMemory<Float>
  private let workspace: AlignedMemory<Float>
  private let inputs: AlignedMemory<Float>
  private let indices: AlignedMemory<Int32>
  private let valuePointers: AlignedMemory<UnsafeMutablePointer<Float>?>
  private let gradientPointers: AlignedMemory<UnsafeMutablePointer<Float>?>
  private let indexPointers: AlignedMemory<UnsafeMutablePointer<Int32>?>
  private let firstWriters: AlignedMemory<Int>
  private let counts: AlignedMemory<Int>
  private let kernels: [(any OperationKernel)?]
  private let perWorker: Int
  private let loss: Value?
  private let runsBackward: [Bool]
  private var step: UInt64 = 0
  private var recorder: ProfileRecorder?

  /// - Parameters:
  ///   - tape: What runs.
  ///   - store: The weights, of a tape with the same parameters in the same order.
  ///   - mode: Whether gradients are wanted.
  ///   - loss: One number, which is differentiated.
  ///   - results: What is read when a pass is done.
  ///   - loop: The threads.
  public init(
    _ tape: Tape, _ store: ParameterStore, mode: Mode, loss: Value?, results: [Value] = [], on loop: TeamLoop
  ) {
    precondition(
      store.buffers.count == tape.buffers.count, "a store of another tape: make it by `ParameterStore(tape)`")
    self.tape = tape
    self.store = store
    self.mode = mode
    self.loop = loop
    self.loss = loss
    let plan = MemoryPlan(tape, loss: mode == .training ? loss : nil, results: results + (loss.map { [$0] } ?? []))
    arena = AlignedMemory(count: plan.count, repeating: 0)
    perWorker = tape.operations.reduce(0) { max($0, padded($1.workspacePerWorker)) }
    let kernels = Self.kernels(of: tape, plan, trains: mode == .training)
    self.kernels = kernels
    let shared = tape.operations.indices.reduce(0) {
      max($0, tape.operations[$1].workspaceShared, kernels[$1]?.workspaceShared ?? 0)
    }
    workspace = AlignedMemory(count: loop.workerCount * perWorker + padded(shared), repeating: 0)
    let total = tape.values.count
    valuePointers = AlignedMemory(count: total, repeating: nil)
    gradientPointers = AlignedMemory(count: total, repeating: nil)
    indexPointers = AlignedMemory(count: total, repeating: nil)
    firstWriters = AlignedMemory(count: total, repeating: -1)
    counts = AlignedMemory(count: total, repeating: 0)
    for (place, value) in tape.values.enumerated() { counts.start[place] = value.shape.count }
    inputs = AlignedMemory(count: Self.length(of: tape) { if case .input = $0 { true } else { false } }, repeating: 0)
    indices = AlignedMemory(
      count: Self.length(of: tape) { if case .indices = $0 { true } else { false } }, repeating: 0)
    runsBackward = tape.operations.map { operation in
      operation.inputs.contains { plan.firstWriters[tape.base(of: $0).index] >= 0 }
    }
    connect(plan)
  }

  private static func kernels(of tape: Tape, _ plan: MemoryPlan, trains: Bool) -> [(any OperationKernel)?] {
    tape.operations.enumerated().map { place, operation in
      operation.makeKernel(
        KernelRequest(
          trains: trains, wantsGradient: { plan.firstWriters[tape.base(of: $0).index] >= 0 },
          adds: { plan.firstWriters[tape.base(of: $0).index] != place }))
    }
  }

  private static func length(of tape: Tape, where isWanted: (ValueKind) -> Bool) -> Int {
    tape.values.reduce(0) { $1.base == nil && isWanted($1.kind) ? $0 + padded($1.shape.count) : $0 }
  }

  private func connect(_ plan: MemoryPlan) {
    var (input, index) = (0, 0)
    for (place, value) in tape.values.enumerated() where value.base == nil {
      firstWriters.start[place] = plan.firstWriters[place]
      switch value.kind {
      case .computed:
        valuePointers.start[place] = plan.values[place].map { arena.start + $0 }
        gradientPointers.start[place] = plan.gradients[place].map { arena.start + $0 }
      case .input:
        valuePointers.start[place] = inputs.start + input
        input += padded(value.shape.count)
      case .indices:
        indexPointers.start[place] = indices.start + index
        index += padded(value.shape.count)
      case .parameter(let parameter):
        valuePointers.start[place] = store.weights(of: parameter).baseAddress
        if mode == .training, plan.firstWriters[place] >= 0 {
          gradientPointers.start[place] = store.gradient(of: parameter).baseAddress
        }
      case .buffer(let buffer): valuePointers.start[place] = store.numbers(ofBuffer: buffer).baseAddress
      }
    }
    for (place, value) in tape.values.enumerated() {
      guard let base = value.base else { continue }
      firstWriters.start[place] = plan.firstWriters[place]
      valuePointers.start[place] = valuePointers.start[base.index]
      gradientPointers.start[place] = gradientPointers.start[base.index]
      indexPointers.start[place] = indexPointers.start[base.index]
    }
  }

  /// How many bytes the program holds beside weights and gradients.
  public var memoryBytes: Int { (arena.count + workspace.count + inputs.count + indices.count) * 4 }

  /// Floating-point operations of the products of a pass forward and, where the program trains, of one backward.
  public var productFlops: Double {
    tape.operations.enumerated().reduce(0) { sum, entry in
      let isRun = mode == .training && runsBackward[entry.offset]
      return sum + entry.element.productFlops + (isRun ? entry.element.productFlopsBackward(wantsGradient) : 0)
    }
  }

  private func wantsGradient(_ value: Value) -> Bool { gradientPointers.start[value.index] != nil }

  /// The numbers of a value: to be written before a pass where they are handed in, to be read after it where they are
  /// among the results.
  public func numbers(of value: Value) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: valuePointers.start[value.index], count: tape.shape(of: value).count)
  }

  /// Whole numbers, to be written before a pass.
  public func indices(of value: Value) -> UnsafeMutableBufferPointer<Int32> {
    UnsafeMutableBufferPointer(start: indexPointers.start[value.index], count: tape.shape(of: value).count)
  }

  /// Runs all operations; the loss, where there is one.
  /// - Parameter step: Counts the steps; what is drawn at random follows from it.
  @discardableResult
  public func forward(step: UInt64 = 0) -> Float {
    self.step = step
    if let recorder { return profiledForward(recorder) }
    for place in tape.operations.indices { tape.operations[place].forward(memory(at: place)) }
    return loss.map { numbers(of: $0)[0] } ?? 0
  }

  /// Differentiates the loss; the gradients of the parameters are then in the store.
  /// - Parameter scale: What the gradients are multiplied by.
  /// - Precondition: The program trains, and a forward pass came before.
  public func backward(scale: Float = 1) {
    precondition(mode == .training, "a program for evaluation has no gradients")
    guard let loss, let gradient = gradientPointers.start[loss.index] else { return }
    gradient.pointee = scale
    if let recorder { return profiledBackward(recorder) }
    for place in tape.operations.indices.reversed() where runsBackward[place] {
      tape.operations[place].backward(memory(at: place))
    }
  }

  private func memory(at operation: Int) -> Memory {
    Memory(
      values: valuePointers.start, gradients: gradientPointers.start, firstWriters: firstWriters.start,
      indices: indexPointers.start, counts: counts.start, workspace: workspace.start, perWorker: perWorker, loop: loop,
      operation: operation, kernel: kernels[operation],
      isTraining: mode == .training, step: step)
  }
}

extension Program {
  /// From now on every pass takes the time of each of its operations, beginning from zero.
  public func startProfile() { recorder = ProfileRecorder(operations: tape.operations.count) }

  /// Takes no times any more.
  public func stopProfile() { recorder = nil }

  /// What each operation took since `startProfile`, in the order of the passes; nothing where none is taken.
  public var profile: [OperationProfile] {
    guard let recorder else { return [] }
    let forward = tape.operations.enumerated().map { place, operation in
      OperationProfile(
        kind: tape.kind(of: operation), shape: tape.shapes(of: operation), isBackward: false,
        seconds: recorder.seconds(of: place, isBackward: false), passes: recorder.forwardPasses,
        productFlops: operation.productFlops, bytes: tape.bytes(of: operation))
    }
    guard recorder.backwardPasses > 0 else { return forward }
    let backward = tape.operations.enumerated().filter { runsBackward[$0.offset] }.map { place, operation in
      OperationProfile(
        kind: tape.kind(of: operation), shape: tape.shapes(of: operation), isBackward: true,
        seconds: recorder.seconds(of: place, isBackward: true), passes: recorder.backwardPasses,
        productFlops: operation.productFlopsBackward(wantsGradient),
        bytes: tape.bytesBackward(of: operation, wantsGradient))
    }
    return forward + backward.reversed()
  }

  private func profiledForward(_ recorder: ProfileRecorder) -> Float {
    recorder.beginForward()
    for place in tape.operations.indices {
      recorder.time(place, isBackward: false) { tape.operations[place].forward(memory(at: place)) }
    }
    return loss.map { numbers(of: $0)[0] } ?? 0
  }

  private func profiledBackward(_ recorder: ProfileRecorder) {
    recorder.beginBackward()
    for place in tape.operations.indices.reversed() where runsBackward[place] {
      recorder.time(place, isBackward: true) { tape.operations[place].backward(memory(at: place)) }
    }
  }
}
