public import DownhillBase

/// The state of an optimizer at a step: every part of every parameter's state, by name.
public struct OptimizerState<Scalar: WeightScalar>: Equatable, Sendable {
  /// One part of one parameter's state.
  public struct Tensor: Equatable, Sendable {
    public let parameter: String
    /// PyTorch's name of the part where PyTorch has the rule, such as `exp_avg`.
    public let part: String
    public let shape: Shape
    public var values: [Scalar]

    public init(parameter: String, part: String, shape: Shape, values: [Scalar]) {
      self.parameter = parameter
      self.part = part
      self.shape = shape
      self.values = values
    }
  }

  /// How far a schedule that follows the loss has come.
  public struct FollowedLoss: Equatable, Sendable {
    /// The place of its rule or wrapper from the outside, that one's name, and the knob's, such as `0.adamw.lr`.
    public let knob: String
    public var progress: Plateau.Progress

    public init(knob: String, progress: Plateau.Progress) {
      self.knob = knob
      self.progress = progress
    }
  }

  /// How many steps were taken.
  public var stepCount: Int
  public var tensors: [Tensor]
  /// The schedules that follow the loss.
  public var followedLosses: [FollowedLoss]

  public init(stepCount: Int, tensors: [Tensor], followedLosses: [FollowedLoss] = []) {
    self.stepCount = stepCount
    self.tensors = tensors
    self.followedLosses = followedLosses
  }

  /// One part of one parameter's state, if it is there.
  public subscript(parameter: String, part: String) -> [Scalar]? {
    tensors.first { $0.parameter.equals(parameter) && $0.part.equals(part) }?.values
  }
}

/// Why a state does not fit an optimizer.
public struct StateError: Error, Equatable, CustomStringConvertible, Sendable {
  /// One sentence that names the parameter and the part.
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension OptimizerStorage {
  func state(of parameters: [Parameter]) -> OptimizerState<Scalar> {
    var tensors = [OptimizerState<Scalar>.Tensor]()
    for (tensor, parameter) in parameters.enumerated() {
      for (place, part) in layout.keptParts.enumerated() {
        guard let shape = part.shape(parameter.shape) else { continue }
        let values = self.values(ofPart: place, of: tensor, count: shape.count)
        tensors.append(.init(parameter: parameter.name, part: part.name, shape: shape, values: values))
      }
    }
    let followed = layout.plateaus.indices.map { place in
      OptimizerState<Scalar>.FollowedLoss(knob: layout.plateaus[place].name, progress: plateaus[place])
    }
    return OptimizerState(stepCount: stepCount, tensors: tensors, followedLosses: followed)
  }

  /// Takes over a state that has just the parts that are kept here.
  func adopt(_ state: OptimizerState<Scalar>, of parameters: [Parameter]) throws(StateError) {
    guard (0..<1 << 53).contains(state.stepCount) else {
      throw StateError("step \(state.stepCount) of a state is out of range [0, 2^53)")
    }
    var expected = 0
    for (tensor, parameter) in parameters.enumerated() {
      for (position, part) in layout.keptParts.enumerated() {
        guard let shape = part.shape(parameter.shape) else { continue }
        expected += 1
        guard
          let found = state.tensors.first(where: { $0.parameter.equals(parameter.name) && part.name.equals($0.part) })
        else { throw StateError("parameter \"\(parameter.name)\": the state has no \(part.name)") }
        let place = "parameter \"\(parameter.name)\": \(part.name)"
        guard found.shape == shape else {
          let owner = part.extent == .weight ? "the parameter" : "not"
          throw StateError("\(place) has shape \(found.shape), \(owner) \(shape)")
        }
        guard found.values.count == shape.count else {
          throw StateError("\(place) of shape \(found.shape) has \(found.values.count) numbers, not \(shape.count)")
        }
        if part.owner == .driver, let bad = found.values.first(where: { UInt16(exactly: $0.wide) == nil }) {
          throw StateError("\(place) holds \(bad.wide), which is no half of a weight: whole, from 0 to 65535")
        }
        found.values.withUnsafeBufferPointer { values in
          if let start = values.baseAddress { set(part: position, of: tensor, to: start, count: values.count) }
        }
      }
    }
    if state.tensors.count != expected {
      let extra = state.tensors.first { found in
        !parameters.contains { $0.name.equals(found.parameter) }
          || !layout.keptParts.contains { $0.name.equals(found.part) }
      }
      let found = extra.map { "\($0.part) of \"\($0.parameter)\"" } ?? "a part twice"
      throw StateError("the state has \(found), which \(layout.spec.rule.entry.name) does not keep")
    }
    try adopt(state.followedLosses)
    stepCount = state.stepCount
    if stepCount > 0 {
      partsAwaitingWeights = []
      scalerAwaitsWeights = false
    }
  }
}

extension StaticString {
  /// Byte by byte: comparing Strings would bring the tables of Unicode into a browser build.
  func equals(_ text: String) -> Bool { withUTF8Buffer { $0.elementsEqual(text.utf8) } }
}

extension String {
  /// The same, for two names.
  func equals(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
