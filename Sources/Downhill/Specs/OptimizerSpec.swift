public import DownhillBase

/// An optimizer as written: wrappers from the outermost inwards, then the rule.
public struct OptimizerSpec: Sendable {
  /// A rule or wrapper with the values of its knobs.
  public struct Stage<Entry: Sendable>: Sendable {
    public let entry: Entry
    /// The value of each knob, in the order of the entry's `knobs`; for a scheduled one that of step 0.
    public internal(set) var values: [Double]
    /// Schedules, by the position of the knob that they drive.
    public internal(set) var schedules: [(knob: Int, schedule: Schedule)] = []

    init(entry: Entry, values: [Double]) {
      self.entry = entry
      self.values = values
    }
  }

  /// What stands in front of all wrappers, and takes a second gradient.
  public internal(set) var perturbation: Stage<PerturbationEntry>?
  public internal(set) var wrappers: [Stage<WrapperEntry>]
  public internal(set) var rule: Stage<RuleEntry>
  /// What takes over after some steps, if anything does.
  public internal(set) var successor: Successor?

  /// Whether the rule, or one that takes over from it, divides by curvatures that the caller hands over.
  public var usesCurvature: Bool { rule.entry.usesCurvature || successor?.spec.usesCurvature ?? false }

  /// A rule by itself, with the hyperparameters that it holds.
  public init<R: Rule>(_ rule: R) throws(SpecError) {
    wrappers = []
    self.rule = Stage(entry: R.entry, values: R.knobs.map { $0.read(rule) })
    try check(self.rule.entry, self.rule.values)
  }

  /// Sets a knob of the rule to a number at every step.
  /// - Throws: Where there is no such knob, or the value is out of its range.
  public mutating func set(_ knob: String, to value: Double) throws(SpecError) {
    try set(knob, to: .constant(value))
  }

  /// Puts a schedule on a numeric knob of the rule.
  /// - Throws: Where there is no such knob, or the schedule leaves its range.
  public mutating func set(_ knob: String, to schedule: Schedule) throws(SpecError) {
    var changed = rule
    try changed.set(SpecText(Array(knob.utf8)[...]), to: schedule)
    try check(changed.entry, changed.values)
    rule = changed
  }

  /// The rule alone: no wrappers, and each scheduled knob at its first value.
  package var bareRule: OptimizerSpec {
    var bare = self
    bare.wrappers = []
    bare.rule.schedules = []
    bare.successor = nil
    return bare
  }
}

extension OptimizerSpec {
  /// Puts a schedule on a knob of the rule of one of the phases.
  mutating func set(_ knob: String, to schedule: Schedule, inPhase phase: Int) throws(SpecError) {
    guard phase > 0, let successor else { return try set(knob, to: schedule) }
    var next = successor.spec
    try next.set(knob, to: schedule, inPhase: phase - 1)
    self.successor = successor.with(next)
  }

  /// Why its wrappers do not go together, if they do not.
  var conflict: SpecError? {
    let needs = wrappers.map { ($0.entry.name, $0.entry.float.needs($0.values)) }
    let gatherers = needs.filter { $0.1.gatheredGradients > 1 }.map { $0.0 }
    if gatherers.count > 1 { return SpecError("\(gatherers[1]): only one wrapper may gather gradients") }
    let scalers = needs.filter { $0.1.scalesWeights }.map { $0.0 }
    if scalers.count > 1 { return SpecError("\(scalers[1]): only one wrapper may scale the weights behind a step") }
    return nil
  }
}

extension RuleEntry: SpecEntry {}
extension WrapperEntry: SpecEntry {}

/// Checks values that were set one by one: each in its range, and all together.
func check<Entry: SpecEntry>(_ entry: Entry, _ values: [Double]) throws(SpecError) {
  for (knob, value) in zip(entry.knobs, values) where !(knob.accepts(value) || value == knob.initial) {
    throw SpecError("\(entry.name): \(knob.name)=\(value) is out of range \(knob.range)")
  }
  if let conflict = entry.conflict(values) { throw SpecError("\(entry.name): \(conflict)") }
}

extension OptimizerSpec.Stage where Entry: SpecEntry {
  func position(of knob: SpecText) throws(SpecError) -> Int {
    guard let position = entry.knobs.firstIndex(where: { knob.equals($0.name) }) else {
      let names = entry.knobs.map { $0.name.description }
      throw SpecError("\(entry.name): unknown knob \"\(knob.string)\"" + suggestion(for: knob.string, among: names))
    }
    return position
  }

  /// Puts a schedule on a knob; a constant one is a plain value.
  mutating func set(_ knob: SpecText, to schedule: Schedule) throws(SpecError) {
    let position = try position(of: knob)
    let description = entry.knobs[position]
    if let fault = schedule.fault { throw SpecError("\(entry.name): \(description.name): \(fault)") }
    let (least, greatest) = schedule.extremes
    for end in [least, greatest] where !description.accepts(end) {
      throw SpecError("\(entry.name): \(description.name)=\(end) is out of range \(description.range)")
    }
    if case .constant(let value) = schedule {
      guard description.isSchedulable || value == value.rounded(.towardZero) else {
        throw SpecError("\(entry.name): \(description.name)=\(value) is not a whole number")
      }
    } else if !description.isSchedulable {
      throw SpecError("\(entry.name): \(description.name) takes no schedule")
    }
    values[position] = schedule.value(at: 0)
    schedules.removeAll { $0.knob == position }
    if case .constant = schedule { return }
    schedules.append((position, schedule))
  }
}

/// `; did you mean "x"?`, or the names there are; `others` may be meant, but are not listed.
func suggestion(for text: String, among names: [String], or others: [String] = []) -> String {
  if let name = nearestName(to: text, among: names + others) { return "; did you mean \"\(name)\"?" }
  return names.isEmpty ? "" : "; there are: " + names.joined(separator: ", ")
}
