public import DownhillBase

/// Several rules for one network: groups of parameters, each with a rule of its own.
///
/// A parameter belongs to the first group that takes it; the last group takes the rest.
///
///     let plan = try OptimizerPlan(
///       ["role=hidden: muon:lr=0.02", "role=gain|bias: adamw:lr=3e-4,weight-decay=0"], rest: "adamw:lr=3e-4", from: .full)
public struct OptimizerPlan: Sendable {
  /// Parameters that one rule moves, at rates of their own.
  public struct Group: Sendable {
    public var selector: ParameterSelector
    /// What moves them, multipliers included; nil where they stay as they are.
    public let spec: OptimizerSpec?
    /// What the rate was multiplied by.
    public let rateMultiplier: Double
    /// What the weight decay was multiplied by.
    public let decayMultiplier: Double

    /// - Parameters:
    ///   - selector: Which parameters it takes.
    ///   - spec: What moves them; nil for parameters that are frozen.
    ///   - rateMultiplier: What `lr` is multiplied by, its schedule included; in [0, ∞).
    ///   - decayMultiplier: What `weight-decay` is multiplied by.
    /// - Throws: Where the rule has no such knob, or the product leaves its range.
    public init(
      _ selector: ParameterSelector, _ spec: OptimizerSpec?, rateMultiplier: Double = 1, decayMultiplier: Double = 1
    ) throws(SpecError) {
      self.selector = selector
      self.rateMultiplier = rateMultiplier
      self.decayMultiplier = decayMultiplier
      var scaled = spec
      try scaled?.multiply("lr", by: rateMultiplier)
      try scaled?.multiply("weight-decay", by: decayMultiplier)
      self.spec = scaled
    }
  }

  /// In the order in which they are asked; the last takes every parameter.
  public let groups: [Group]

  /// - Parameters:
  ///   - groups: In the order in which they are asked.
  ///   - rest: What moves the other parameters; nil where they stay as they are.
  /// - Throws: Where a clip over all parameters would mean something else from group to group, or a spec perturbs.
  public init(_ groups: [Group], rest: OptimizerSpec?) throws(SpecError) {
    self.groups = groups + [try Group(.all, rest)]
    try checkSharedNorm()
    if let spec = self.groups.compactMap({ $0.spec }).first(where: { $0.perturbation != nil }) {
      throw SpecError("\(spec): a perturbation moves all parameters together, and is part of no plan")
    }
  }

  /// The group of each parameter.
  public func assignment(of parameters: [Parameter]) -> [Int] {
    parameters.map { parameter in groups.firstIndex { $0.selector.matches(parameter) } ?? groups.count - 1 }
  }

  /// Whether a clip acts on the norm over all groups.
  var sharesNorm: Bool { groups.contains { ($0.spec?.sharedNorms ?? []) != [] } }

  /// A norm over all parameters is the same for all groups only where each of them asks for it first, before anything has
  /// changed its gradients.
  private func checkSharedNorm() throws(SpecError) {
    guard sharesNorm else { return }
    let firsts = groups.compactMap { $0.spec }.map { spec in spec.wrappers.first?.text ?? "" }
    for spec in groups.compactMap({ $0.spec }) {
      guard spec.sharedNorms == [0], firsts.allSatisfy({ $0.utf8.elementsEqual(firsts[0].utf8) }) else {
        throw SpecError(
          "\(spec): a clip by the norm over all parameters stands first in every group, with the same knobs, and once")
      }
    }
  }
}

extension OptimizerSpec {
  /// The places of the wrappers that ask for a norm over all parameters; −1 for one that comes with a switch.
  var sharedNorms: [Int] {
    let later = successor.map { $0.spec.sharedNorms.map { _ in -1 } } ?? []
    return later
      + wrappers.indices.filter { place in
        Float.kernel(of: wrappers[place].entry).needs(wrappers[place].values).gradientScope == .all
      }
  }

  /// How many numbers of state a parameter of a shape takes; before a switch or behind it, where more are kept.
  public func stateCount(for shape: Shape) -> Int {
    phases.reduce(0) { most, phase in
      max(most, StepLayout<Float>(phase).keptParts.reduce(0) { $0 + ($1.shape(shape)?.count ?? 0) })
    }
  }

  /// Multiplies a knob of the rule, or the schedule on it.
  /// - Throws: Where there is no such knob, or the product leaves its range.
  mutating func multiply(_ knob: String, by factor: Double) throws(SpecError) {
    guard factor != 1 else { return }
    guard factor >= 0, factor.isFinite else {
      throw SpecError("\(rule.entry.name): \(knob) cannot be multiplied by \(factor); it takes a number in [0, ∞)")
    }
    let name = SpecText(Array(knob.utf8)[...])
    guard let place = rule.entry.knobs.firstIndex(where: { name.equals($0.name) }) else {
      throw SpecError("\(rule.entry.name) has no \(knob) to multiply")
    }
    let schedule = rule.schedules.first { $0.knob == place }?.schedule ?? .constant(rule.values[place])
    try set(knob, to: schedule.multiplied(by: factor))
    if var next = successor?.spec {
      try next.multiply(knob, by: factor)
      successor = successor?.with(next)
    }
  }
}
