import DownhillBase

/// What a step consists of, as follows from the spec alone: kernels, which passes they need, and where things lie.
struct StepLayout<Scalar: WeightScalar>: Sendable {
  /// Whose state a part belongs to.
  enum Owner: Sendable, Equatable {
    case rule
    /// By its place among the wrappers.
    case wrapper(Int)
    /// The driver: the lower halves of weights of 16 bits.
    case driver
  }

  struct KeptPart: Sendable {
    /// As in files: the rule's own name of it; behind a wrapper's name and a dot for one of that.
    let name: String
    let owner: Owner
    /// The raw value of the owner's part.
    let position: Int
    let start: PartStart
    let extent: StateExtent
    let isFixed: Bool
    /// Its shape for a tensor of weights; nil where the tensor has no such part.
    let shape: @Sendable (_ weights: Shape) -> Shape?

    /// Whether it is one number a tensor, of the rule's.
    var isNumberOfRule: Bool { owner == .rule && extent == .tensor }
  }

  struct WrapperPlan: Sendable {
    let kernel: WrapperKernel<Scalar>
    let needs: WrapperNeeds
    /// The steps before its own first.
    let begin: Int
    /// Where its values begin, and its slot, in words of eight bytes.
    let valueStart: Int
    let slotStart: Int
  }

  struct ScheduledKnob: Sendable {
    /// The knob's place among all values.
    let value: Int
    /// The steps before the schedule's own first.
    let begin: Int
    let schedule: Schedule
    /// Its place among the plateaus, if it is one.
    let plateau: Int?
  }

  /// A knob that follows the loss.
  struct PlateauKnob: Sendable {
    /// The place of its rule or wrapper, that one's name, and the knob's, such as `0.adamw.lr`.
    let name: String
    let plateau: Plateau
    /// The first step at which it listens.
    let start: Int
  }

  let spec: OptimizerSpec
  /// The steps before the rule's first and before that of its schedules and wrappers, where another ran before.
  let ruleBegin: Int
  let begin: Int
  /// How many of the wrappers run since the first step.
  let outerCount: Int
  let rule: RuleKernel<Scalar>
  let wrappers: [WrapperPlan]
  let keptParts: [KeptPart]
  let schedules: [ScheduledKnob]
  let plateaus: [PlateauKnob]
  let ruleValueStart: Int
  let ruleSlotStart: Int
  let valueCount: Int
  let slotWords: Int

  /// Whether some wrapper changes the gradient.
  let changesGradient: Bool
  /// Whether some wrapper changes the direction.
  let changesDirection: Bool
  /// Whether a whole tensor's direction must be there before any of it is applied.
  let scalesDirection: Bool
  /// Whether some wrapper lets decay act only where the step goes its way.
  let masksDecay: Bool
  /// Whether some wrapper looks at the weights behind a step.
  let changesWeights: Bool
  /// The wrapper that gathers gradients, and how many of them for one step.
  let gatherer: (wrapper: Int, count: Int)?
  /// The kept part that counts them.
  let gatheredPart: Int?
  /// The kept part that holds the lower halves of weights of 16 bits.
  let companionPart: Int?
  /// The kept part that holds averaged weights, of the outermost wrapper that has such.
  let averagedPart: Int?
  /// The wrapper that scales the weights behind a step.
  let weightScaler: Int?

  init(_ phase: OptimizerSpec.Phase, storing format: StorageFormat = .full) {
    spec = phase.spec
    begin = phase.begin
    ruleBegin = phase.ruleBegin
    outerCount = phase.outerCount
    rule = Scalar.kernel(of: spec.rule.entry)
    var (values, words) = (0, 0)
    var (plans, scheduled, plateaus) = ([WrapperPlan](), [ScheduledKnob](), [PlateauKnob]())
    for (place, stage) in spec.wrappers.enumerated() {
      let stageBegin = place < phase.outerCount ? 0 : phase.begin
      let kernel = Scalar.kernel(of: stage.entry)
      let needs = kernel.needs(stage.values)
      plans.append(WrapperPlan(kernel: kernel, needs: needs, begin: stageBegin, valueStart: values, slotStart: words))
      Self.add(stage, at: place, from: stageBegin, firstValue: values, to: &scheduled, &plateaus)
      values += stage.values.count
      words += Self.words(kernel.slotSize)
    }
    wrappers = plans
    ruleValueStart = values
    ruleSlotStart = words
    Self.add(spec.rule, at: spec.wrappers.count, from: phase.begin, firstValue: values, to: &scheduled, &plateaus)
    schedules = scheduled
    self.plateaus = plateaus
    valueCount = values + spec.rule.values.count
    slotWords = words + Self.words(rule.slotSize)
    var kept = Self.keptParts(of: spec)
    if format.weights == .bfloat16WithCompanion {
      kept.append(
        KeptPart(
          name: "weights_low", owner: .driver, position: 0, start: .number(0), extent: .weight, isFixed: false,
          shape: { $0 }))
    }
    companionPart = kept.firstIndex { $0.owner == .driver }
    keptParts = kept

    changesGradient = plans.contains { $0.needs.changesGradient }
    masksDecay = plans.contains { $0.needs.masksDecay }
    changesDirection = plans.contains { $0.needs.changesDirection } || masksDecay
    changesWeights = plans.contains { $0.needs.changesWeights }
    gatherer = plans.firstIndex { $0.needs.gatheredGradients > 1 }.map { ($0, plans[$0].needs.gatheredGradients) }
    let owner = gatherer.map { Owner.wrapper($0.wrapper) }
    gatheredPart = kept.firstIndex { $0.extent == .tensor && $0.owner == owner }
    averagedPart = kept.firstIndex { part in
      guard case .wrapper(let place) = part.owner else { return false }
      return phase.spec.wrappers[place].entry.averagedWeights == part.position
    }
    weightScaler = plans.firstIndex { $0.needs.scalesWeights }
    var hasTensorScale = false
    if case .elementwise(let body) = rule.body { hasTensorScale = body.tensorScale != nil }
    scalesDirection = hasTensorScale || plans.contains { $0.needs.scalesDirection }
  }

  private static func add<Entry: SpecEntry>(
    _ stage: OptimizerSpec.Stage<Entry>, at place: Int, from begin: Int, firstValue: Int,
    to scheduled: inout [ScheduledKnob],
    _ plateaus: inout [PlateauKnob]
  ) {
    for (knob, schedule) in stage.schedules {
      let plateau = schedule.plateau
      scheduled.append(
        ScheduledKnob(
          value: firstValue + knob, begin: begin, schedule: schedule, plateau: plateau.map { _ in plateaus.count }))
      guard let (plateau, start) = plateau else { continue }
      let name = PlateauName(stage: place, stage.entry, knob: knob).text
      plateaus.append(
        PlateauKnob(name: name, plateau: plateau, start: start.addingReportingOverflow(begin).partialValue))
    }
  }

  /// The rule's parts, then those of the wrappers from the outermost inwards.
  private static func keptParts(of spec: OptimizerSpec) -> [KeptPart] {
    var kept = spec.rule.keptParts.map {
      KeptPart(
        name: $0.part.name.description, owner: .rule, position: $0.position, start: .number($0.part.initialValue),
        extent: $0.part.extent, isFixed: $0.part.isFixed, shape: $0.part.shape)
    }
    for (place, stage) in spec.wrappers.enumerated() {
      let prefix = spec.partPrefix(ofWrapper: place)
      kept += stage.keptParts.map { kept in
        KeptPart(
          name: prefix + kept.part.name.description, owner: .wrapper(place), position: kept.position,
          start: kept.part.start, extent: kept.part.extent, isFixed: false,
          shape: { [extent = kept.part.extent] in extent.shape(for: $0) })
      }
    }
    return kept
  }

  /// Whether a part of another layout, before a change of knobs or of the rule, is one of this.
  func continues(_ old: KeptPart, of layout: Self, as part: KeptPart) -> Bool {
    guard old.owner == part.owner else { return false }
    switch part.owner {
    case .rule:
      return (layout.begin == begin || layout.ruleBegin == ruleBegin) && old.name.equals(part.name)
    case .wrapper(let place):
      return (layout.begin == begin || place < outerCount) && old.position == part.position
    case .driver: return true
    }
  }

  /// Bytes rounded up to words of eight, and slots to 64 bytes.
  private static func words(_ bytes: Int) -> Int { (bytes + 63) / 64 * 8 }

  /// Whether the rule runs fused with its application, in one pass and with nothing between.
  var isFused: Bool {
    if case .matrix = rule.body { return false }
    return !changesDirection && !scalesDirection
  }
  var usesScratch: Bool { changesGradient || !isFused }
  var isMatrixRule: Bool {
    if case .matrix = rule.body { true } else { false }
  }
  /// Whether a whole tensor's gradient must be changed before the rule sees any of it.
  var usesGradients: Bool { isMatrixRule && changesGradient }
  var usesDirections: Bool { scalesDirection || isMatrixRule }
  /// ‖w‖², ‖d‖², and what each wrapper sums.
  var sumsPerPiece: Int { 2 + wrappers.count }

  /// The scratch memory that each tensor takes in its largest step: a schedule may lead a knob to where more is wanted than
  /// at first.
  func workspaceWords(for shapes: [Shape], on machine: MatrixMachine<Scalar>) -> [Int] {
    guard case .matrix(let body) = rule.body else { return shapes.map { _ in 0 } }
    let variants = spec.rule.variants
    return shapes.map { shape in
      variants.reduce(0) { max($0, Self.words(body.workspaceSize($1, shape, machine))) }
    }
  }

  func writeValues(into target: UnsafeMutablePointer<Double>) {
    let all = spec.wrappers.flatMap { $0.values } + spec.rule.values
    for (index, value) in all.enumerated() { target[index] = value }
  }
}

extension OptimizerSpec {
  /// What stands before the names of a wrapper's parts: its name, and its number where there is another of that name.
  func partPrefix(ofWrapper place: Int) -> String {
    let before = wrappers[..<place].filter { $0.entry.isNamed(wrappers[place].entry.name) }.count
    return "\(wrappers[place].entry.name)\(before == 0 ? "" : "-\(before + 1)")."
  }
}

extension WrapperEntry {
  /// Byte by byte, as `StaticString.equals` does.
  func isNamed(_ other: StaticString) -> Bool { name.equals(other.description) }
}

extension OptimizerSpec.Stage where Entry == RuleEntry {
  /// The parts of the state that are kept, with their raw values.
  var keptParts: [(position: Int, part: RuleEntry.Part)] { parts(where: { $0.isKept }, of: entry.parts) }
}

extension OptimizerSpec.Stage where Entry == WrapperEntry {
  /// The parts of the state that are kept, with their raw values.
  var keptParts: [(position: Int, part: WrapperEntry.Part)] { parts(where: { $0.isKept }, of: entry.parts) }
}

extension OptimizerSpec.Stage {
  /// The values of the knobs at first, with each schedule at its least and its greatest, and with all of them there.
  fileprivate var variants: [[Double]] {
    var (variants, least, greatest) = ([values], values, values)
    for (knob, schedule) in schedules {
      let extremes = schedule.extremes
      (least[knob], greatest[knob]) = extremes
      for extreme in [extremes.0, extremes.1] {
        var changed = values
        changed[knob] = extreme
        variants.append(changed)
      }
    }
    return schedules.count > 1 ? variants + [least, greatest] : variants
  }

  /// The parts that are kept at some step: a schedule may switch one on that its first value does not need.
  fileprivate func parts<Part>(
    where isKept: (Part) -> Bool, of parts: (_ values: [Double]) -> [Part]
  ) -> [(position: Int, part: Part)] {
    let found = variants.map(parts)
    return found[0].indices.compactMap { position in
      found.contains { isKept($0[position]) } ? (position, found[0][position]) : nil
    }
  }
}
