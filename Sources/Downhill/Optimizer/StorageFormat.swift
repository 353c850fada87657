public import DownhillBase

/// In what numbers an optimizer keeps what it keeps: for networks whose state would not fit memory, or its bandwidth.
///
/// A knob of the driver: rules compute in `Float` all the same, strip by strip, in the cache.
public struct StorageFormat: Sendable, Equatable {
  /// What a rule keeps for each weight.
  public enum Moments: Sendable, Equatable {
    case full
    /// Two bytes, rounded at random so that the mean is right: rounded to the nearest, a mean square with β₂ = 0.999, whose
    /// steps are smaller than half a unit in its last place, would never move.
    case bfloat16
  }

  /// The weights that are trained.
  public enum Weights: Sendable, Equatable {
    case full
    /// Two bytes, rounded at random so that the mean is right: steps smaller than a unit in the last place take effect
    /// now and then.
    case bfloat16
    /// Two bytes for the network, cut off, and two more beside the state, which together are the whole `Float`: the bits
    /// of a run with full weights whose network sees the cut ones.
    case bfloat16WithCompanion
  }

  public var moments: Moments
  public var weights: Weights

  /// All in the optimizer's own numbers.
  public static let full = StorageFormat()

  public init(moments: Moments = .full, weights: Weights = .full) {
    self.moments = moments
    self.weights = weights
  }
}

/// Where one tensor's weights of 16 bits and its gradient lie during a step.
public struct PackedTensorPointers: BitwiseCopyable {
  /// Read and written.
  public let weights: UnsafeMutablePointer<BFloat16>
  /// Read only.
  public let gradient: UnsafePointer<Float>

  /// - Parameters:
  ///   - weights: As many as the parameter's shape says.
  ///   - gradient: As many numbers again.
  public init(weights: UnsafeMutablePointer<BFloat16>, gradient: UnsafePointer<Float>) {
    self.weights = weights
    self.gradient = gradient
  }
}

extension Optimizer where Scalar == Float {
  /// An optimizer that keeps its state, or trains weights, in numbers of 16 bits.
  /// - Parameters:
  ///   - spec: Such as `adamw:lr=3e-4`.
  ///   - catalogue: The rules that the spec may name.
  ///   - parameters: What it will move.
  ///   - format: In what numbers.
  ///   - loop: Who runs the pieces of a step.
  /// - Throws: A `SpecError` for a spec that is wrong, or that wants more of a tensor than one strip at a time.
  public init(
    _ spec: String, from catalogue: Catalogue = .elementwise, for parameters: [Parameter],
    storing format: StorageFormat,
    on loop: some ParallelLoop = .serial
  ) throws(SpecError) {
    try self.init(catalogue.parse(spec), for: parameters, storing: format, on: loop)
  }

  /// The same of a spec that has been read.
  /// - Throws: A `SpecError` where it wants more of a tensor than one strip at a time.
  public init(
    _ spec: OptimizerSpec, for parameters: [Parameter], storing format: StorageFormat,
    on loop: some ParallelLoop = .serial
  ) throws(SpecError) {
    if let conflict = spec.conflict(with: format) { throw conflict }
    self.init(spec, for: parameters, storedAs: format, on: loop)
  }

  /// One step of weights of 16 bits.
  /// - Parameter tensors: Weights and gradient of each parameter, in the order of `parameters`.
  /// - Precondition: The optimizer was made for such weights, and there are as many tensors as parameters, each with as many
  ///   numbers as its shape says.
  public mutating func update(packed tensors: UnsafeBufferPointer<PackedTensorPointers>) {
    precondition(storageFormat.weights != .full, "this optimizer was not made for weights of 16 bits")
    precondition(tensors.count == parameters.count, "an update wants weights and gradient of every parameter")
    // No reference is held over the step, which would look like another owner's.
    ownStorage().reservePackedWeights()
    var pointers = [TensorPointers<Float>]()
    swap(&pointers, &ownStorage().packedTensors)
    for (place, tensor) in tensors.enumerated() {
      ownStorage().packedWeights[place] = UnsafeMutableRawPointer(tensor.weights).assumingMemoryBound(to: UInt16.self)
      // A strip's weights are expanded elsewhere; nothing reads these.
      let unused = UnsafeMutablePointer(mutating: tensor.gradient)
      pointers.append(TensorPointers(weights: unused, gradient: tensor.gradient))
    }
    pointers.withUnsafeBufferPointer { step($0) }
    pointers.removeAll(keepingCapacity: true)
    swap(&pointers, &ownStorage().packedTensors)
  }

  /// One step of the only parameter, of weights of 16 bits.
  /// - Precondition: Both arrays have as many numbers as the parameter.
  public mutating func update(_ weights: inout [BFloat16], along gradient: [Float]) {
    precondition(parameters.count == 1, "this optimizer has \(parameters.count) parameters")
    precondition(
      weights.count == parameters[0].shape.count && gradient.count == weights.count,
      "the parameter, its weights and its gradient must have the same count")
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeBufferPointer { gradient in
        guard let weights = weights.baseAddress, let gradient = gradient.baseAddress else { return }
        withUnsafePointer(to: PackedTensorPointers(weights: weights, gradient: gradient)) { tensor in
          update(packed: UnsafeBufferPointer(start: tensor, count: 1))
        }
      }
    }
  }
}

extension OptimizerSpec {
  /// Whether it can run on a format.
  public func fits(_ format: StorageFormat) -> Bool { conflict(with: format) == nil }

  /// Why it cannot run on a format, if it cannot.
  func conflict(with format: StorageFormat) -> SpecError? {
    guard format != .full else { return nil }
    for phase in phases {
      let layout = StepLayout<Float>(phase)
      let name = phase.spec.rule.entry.name
      guard case .elementwise(let body) = layout.rule.body else {
        return SpecError("\(name) looks at whole matrices; numbers of 16 bits are for elementwise rules")
      }
      if body.evaluation != nil || body.curvature != nil || (body.measuring?.streams ?? 0) > 0 {
        return SpecError("\(name) looks at its state outside of a step's one pass; it keeps no numbers of 16 bits")
      }
      guard format.weights != .full else { continue }
      let looksAtWeights =
        layout.scalesDirection || layout.weightScaler != nil
        || layout.wrappers.contains { $0.needs.measuresWeightRows }
        || layout.keptParts.contains { $0.start == .weights }
      if looksAtWeights || perturbation != nil {
        return SpecError("\(self) takes more than one pass over the weights; they cannot be of 16 bits")
      }
    }
    return nil
  }
}
