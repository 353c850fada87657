public import DownhillBase

/// Reads specs against a catalogue; works on UTF-8 bytes.
struct SpecParser {
  let catalogue: Catalogue

  func parse(_ spec: String) throws(SpecError) -> OptimizerSpec {
    try parse(try SpecText(checking: spec), after: 0)
  }

  /// - Parameter begin: The step at which this spec takes over; a switch inside of it comes later.
  private func parse(_ text: SpecText, after begin: Int) throws(SpecError) -> OptimizerSpec {
    let all = text.split(at: Ascii.slash)
    // Not within a switch, whose rules share the weights that it moves.
    let perturbation = begin == 0 ? try perturbation(all) : nil
    let pieces = all.dropFirst(perturbation == nil ? 0 : 1)
    var wrappers = [OptimizerSpec.Stage<WrapperEntry>]()
    var successor: OptimizerSpec.Successor?
    for piece in pieces.dropLast() {
      if piece.cut(at: Ascii.colon).head.equals(Switch.name) {
        guard successor == nil else {
          throw SpecError("switch: a third rule goes into the second: to=(switch:at=…,to=(…)/…)")
        }
        successor = try self.successor(piece, outerCount: wrappers.count, after: begin)
        continue
      }
      let names = catalogue.perturbations.map { $0.name }
      wrappers.append(
        try StageParser(kind: "wrapper", entries: catalogue.wrappers, others: names).parse(piece, hint: misplaced))
    }
    let names = catalogue.methods.map { $0.name }
    let rule = try StageParser(kind: "rule", entries: catalogue.rules, others: names)
      .parse(pieces[pieces.endIndex - 1], hint: misplaced)
    var spec = OptimizerSpec(wrappers: wrappers, rule: rule)
    spec.perturbation = perturbation
    spec.successor = successor
    for phase in spec.phases {
      if let conflict = phase.spec.conflict { throw conflict }
    }
    return spec
  }

  /// Reads `switch:at=N,to=(SPEC)`.
  private func successor(
    _ piece: SpecText, outerCount: Int, after begin: Int
  ) throws(SpecError) -> OptimizerSpec.Successor {
    let usage = "it is written switch:at=STEPS,to=(SPEC)/RULE"
    var (step, target) = (Int?.none, SpecText?.none)
    for setting in piece.cut(at: Ascii.colon).tail?.split(at: Ascii.comma) ?? [] {
      let (key, value) = setting.cut(at: Ascii.equals)
      guard let value else { throw SpecError("switch: \"\(setting.string)\" is not of the form knob=value; \(usage)") }
      if key.equals("at") {
        guard step == nil else { throw SpecError("switch: at is given twice") }
        guard let number = parseDecimal(value.bytes), number >= 1, number < 9e15, number == number.rounded(.down) else {
          throw SpecError("switch: at=\(value.string) is not a whole number from 1 on")
        }
        step = Int(number)
      } else if key.equals("to") {
        guard target == nil else { throw SpecError("switch: to is given twice") }
        guard let call = value.call, call.name.isEmpty else {
          throw SpecError("switch: to=\(value.string) wants parentheses: to=(\(value.string))")
        }
        target = call.arguments
      } else {
        throw SpecError("switch: unknown knob \"\(key.string)\"; \(usage)")
      }
    }
    guard let step, let target else { throw SpecError("switch: \(step == nil ? "at" : "to") is missing; \(usage)") }
    guard step > begin else {
      throw SpecError("switch: at=\(step) is not after step \(begin), at which the rule itself takes over")
    }
    return OptimizerSpec.Successor(step: step, outerCount: outerCount, try parse(target, after: step))
  }

  /// A spec of one method and nothing else; nil where its name is none.
  func parseMethod(_ spec: String) throws(SpecError) -> MethodSpec? {
    let text = try SpecText(checking: spec)
    let name = text.cut(at: Ascii.colon).head
    guard catalogue.methods.contains(where: { name.equals($0.name) }), text.split(at: Ascii.slash).count == 1 else {
      return nil
    }
    return MethodSpec(stage: try StageParser(kind: "method", entries: catalogue.methods).parse(text, hint: misplaced))
  }

  /// The first piece, where it names a perturbation and a rule follows.
  private func perturbation(_ pieces: [SpecText]) throws(SpecError) -> OptimizerSpec.Stage<PerturbationEntry>? {
    let name = pieces[0].cut(at: Ascii.colon).head
    guard pieces.count > 1, catalogue.perturbations.contains(where: { name.equals($0.name) }) else { return nil }
    return try StageParser(kind: "perturbation", entries: catalogue.perturbations).parse(pieces[0], hint: misplaced)
  }

  /// What to say of a name that is known, but not in that place.
  private func misplaced(_ name: SpecText) -> String? {
    if name.isEmpty { return "a name is missing; a spec is written [wrapper:…/]rule:knob=value,…" }
    if catalogue.wrappers.contains(where: { name.equals($0.name) }) {
      return "\"\(name.string)\" is a wrapper: a rule must follow it, as in \(name.string):…/adamw"
    }
    if catalogue.perturbations.contains(where: { name.equals($0.name) }) {
      return "\"\(name.string)\" takes a second gradient: it comes first, as in \(name.string):…/adamw"
    }
    if catalogue.methods.contains(where: { name.equals($0.name) }) {
      return
        "\"\(name.string)\" is a second-order method, which evaluates the problem itself: it stands alone, in a race"
    }
    if catalogue.rules.contains(where: { name.equals($0.name) }) {
      return "\"\(name.string)\" is a rule: it comes last, and only wrappers stand before it"
    }
    return nil
  }
}

extension SpecEntry {
  /// Reads a name with its settings, such as `rosenbrock:a=1,b=50`.
  /// - Parameters:
  ///   - text: The name, and behind a colon the settings.
  ///   - entries: What may be named.
  ///   - kind: What the entries are, for messages.
  /// - Returns: The entry, and the value of each of its knobs.
  /// - Throws: A `SpecError` that names what is unknown, malformed or out of range, and what is expected.
  public static func parse(
    _ text: String, among entries: [Self], kind: String
  ) throws(SpecError) -> (entry: Self, values: [Double]) {
    let stage = try StageParser(kind: kind, entries: entries).parse(try SpecText(checking: text), hint: { _ in nil })
    if let scheduled = stage.schedules.first {
      throw SpecError("\(stage.entry.name): \(stage.entry.knobs[scheduled.knob].name) takes no schedule")
    }
    return (stage.entry, stage.values)
  }
}

/// Reads one name with its settings.
private struct StageParser<Entry: SpecEntry> {
  let kind: String
  let entries: [Entry]
  /// What else a user may have meant by a name that is unknown.
  var others: [StaticString] = []

  func parse(
    _ text: SpecText, hint: (SpecText) -> String?
  ) throws(SpecError) -> OptimizerSpec.Stage<Entry> {
    let (name, settings) = text.cut(at: Ascii.colon)
    guard let entry = entries.first(where: { name.equals($0.name) }) else {
      if let hint = hint(name) { throw SpecError(hint) }
      let names = entries.map { $0.name.description }
      throw SpecError(
        "unknown \(kind) \"\(name.string)\""
          + suggestion(for: name.string, among: names, or: others.map { $0.description }))
    }
    var stage = OptimizerSpec.Stage(entry: entry, values: entry.knobs.map { $0.initial })
    var seen = [Int]()
    for setting in settings?.split(at: Ascii.comma) ?? [] {
      let (key, value) = setting.cut(at: Ascii.equals)
      guard let value, !key.isEmpty, !value.isEmpty else {
        throw SpecError("\(entry.name): \"\(setting.string)\" is not of the form knob=value")
      }
      let position = try stage.position(of: key)
      guard !seen.contains(position) else { throw SpecError("\(entry.name): \(key.string) is given twice") }
      seen.append(position)
      try stage.set(key, to: try schedule(value, for: entry.knobs[position], of: entry.name))
    }
    try check(entry, stage.values)
    return stage
  }

  /// A knob's value: a number, a word, or a schedule.
  private func schedule(
    _ text: SpecText, for knob: KnobDescription, of owner: StaticString
  ) throws(SpecError) -> Schedule {
    switch knob.kind {
    case .flag:
      if text.equals("true") { return .constant(1) }
      if text.equals("false") { return .constant(0) }
      throw SpecError("\(owner): \(knob.name)=\(text.string) is neither true nor false")
    case .choice(let names):
      if let position = names.firstIndex(where: { text.equals($0) }) { return .constant(Double(position)) }
      throw SpecError(
        "\(owner): \(knob.name)=\(text.string) is unknown"
          + suggestion(for: text.string, among: names.map { $0.description }))
    case .extent:
      let (rows, columns) = text.cut(at: UInt8(ascii: "x"))
      let lengths = [rows, columns ?? rows].compactMap { parseDecimal($0.bytes) }
      guard lengths.count == 2, lengths.allSatisfy({ $0 == $0.rounded(.towardZero) && $0.magnitude < 1e9 }) else {
        throw SpecError("\(owner): \(knob.name)=\(text.string) is neither a length such as 32 nor two such as 13x17")
      }
      guard let value = knob.value(of: Extent(Int(lengths[0]), Int(lengths[1]))) else {
        throw SpecError("\(owner): \(knob.name)=\(text.string) is out of range \(knob.range)")
      }
      return .constant(value)
    case .number, .integer:
      if text.call != nil {
        do { return try ScheduleParser.parse(text) } catch { throw SpecError("\(owner): \(knob.name): \(error)") }
      }
      guard let value = parseDecimal(text.bytes) else {
        throw SpecError("\(owner): \(knob.name)=\(text.string) is not a number; it takes one in \(knob.range)")
      }
      guard knob.range.contains(value) else {
        throw SpecError("\(owner): \(knob.name)=\(text.string) is out of range \(knob.range)")
      }
      if case .integer = knob.kind, value != value.rounded(.towardZero) {
        throw SpecError("\(owner): \(knob.name)=\(text.string) is not a whole number")
      }
      return .constant(value)
    }
  }
}

extension OptimizerSpec {
  init(wrappers: [Stage<WrapperEntry>], rule: Stage<RuleEntry>) {
    self.wrappers = wrappers
    self.rule = rule
  }
}
