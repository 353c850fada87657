public import Downhill
public import DownhillBase

/// What the catalogue says of its rules, as JSON and as text.
public struct RuleListing: Sendable {
  public let catalogue: Catalogue

  public init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  /// All rules, and apart from them the wrappers, schedules and second-order methods.
  public var json: JSON {
    .object([
      ("rules", .array(catalogue.rules.map { json(of: $0) })),
      ("wrappers", .array(catalogue.perturbations.map { json(of: $0) } + catalogue.wrappers.map { json(of: $0) })),
      (
        "schedules",
        .array(
          ScheduleForm.all.map {
            .object([
              ("name", .text($0.name.description)), ("usage", .text($0.usage.description)),
              ("help", .text($0.help.description)),
            ])
          })
      ),
      ("secondOrderMethods", .array(catalogue.methods.map { json(of: $0) })),
    ])
  }

  /// One rule, as `rules` lists it.
  public func json(of rule: RuleEntry) -> JSON {
    .object([
      ("name", .text(rule.name.description)), ("family", .text(rule.about.family.description)),
      ("summary", .text(rule.about.summary.description)),
      ("stateBytesPerWeight", .integer(rule.stateBytesPerWeight())),
      ("flopsPerWeight", .integer(rule.about.flopsPerWeight)), ("knobs", .array(rule.knobs.map { $0.json })),
      ("equation", .text(rule.about.equation.description)),
      ("differences", .text(rule.about.differences.description)),
      ("references", .array(rule.about.references.map { .text($0.description) })),
    ])
  }

  private func json(of wrapper: WrapperEntry) -> JSON {
    .object([
      ("name", .text(wrapper.name.description)), ("summary", .text(wrapper.summary.description)),
      ("knobs", .array(wrapper.knobs.map { $0.json })), ("equation", .text(wrapper.equation.description)),
    ])
  }

  /// A table of all, for a terminal.
  public var text: String {
    var rules = TextTable([("rule", .left), ("family", .left), ("state", .right), ("what it does", .left)])
    for rule in catalogue.rules {
      rules.add([
        rule.name.description, rule.about.family.description, "\(rule.stateBytesPerWeight()) B",
        rule.about.summary.description,
      ])
    }
    var wrappers = TextTable([("wrapper", .left), ("what it does", .left)])
    for entry in catalogue.perturbations { wrappers.add([entry.name.description, entry.about.summary.description]) }
    for wrapper in catalogue.wrappers { wrappers.add([wrapper.name.description, wrapper.summary.description]) }
    var schedules = TextTable([("schedule", .left), ("what it does", .left)])
    for form in ScheduleForm.all { schedules.add([form.name.description, form.help.description]) }
    let usages = ScheduleForm.all.map { "  " + $0.usage.description }.joined(separator: "\n")
    var methods = TextTable([("second-order method", .left), ("what it does", .left)])
    for method in catalogue.methods { methods.add([method.name.description, method.about.summary.description]) }
    return """
      \(rules.text)
      state: bytes a weight in float32 with default knobs. `downhill rules NAME` says more of one.

      \(wrappers.text)
      \(schedules.text)
      They are written
      \(usages)

      \(methods.text)
      A spec is written [wrapper:knob=value,…/]rule:knob=value,…; any numeric knob takes a schedule, as in
      clip:norm=1/adamw:lr=cosine(3e-4,warmup=200,total=5000,final=0.1)
      A second-order method evaluates the problem itself; it stands alone, in a race.

      """
  }

  /// All of one rule, wrapper or method, for a terminal.
  /// - Throws: `CommandFailure` of kind usage where there is none of this name.
  public func text(of name: String) throws -> String {
    if let rule = catalogue.rules.first(where: { $0.name.description == name }) { return text(of: rule) }
    if let wrapper = catalogue.wrappers.first(where: { $0.name.description == name }) { return text(of: wrapper) }
    if let entry = catalogue.perturbations.first(where: { $0.name.description == name }) { return text(of: entry) }
    if let method = catalogue.methods.first(where: { $0.name.description == name }) { return text(of: method) }
    throw unknown(name)
  }

  /// One rule, wrapper or method as JSON.
  /// - Throws: `CommandFailure` of kind usage where there is none of this name.
  public func json(of name: String) throws -> JSON {
    if let rule = catalogue.rules.first(where: { $0.name.description == name }) { return json(of: rule) }
    if let wrapper = catalogue.wrappers.first(where: { $0.name.description == name }) { return json(of: wrapper) }
    if let entry = catalogue.perturbations.first(where: { $0.name.description == name }) { return json(of: entry) }
    if let method = catalogue.methods.first(where: { $0.name.description == name }) { return json(of: method) }
    throw unknown(name)
  }

  private func unknown(_ name: String) -> CommandFailure {
    var names = catalogue.rules.map { $0.name.description } + catalogue.perturbations.map { $0.name.description }
    names += catalogue.wrappers.map { $0.name.description } + catalogue.methods.map { $0.name.description }
    let hint =
      nearestName(to: name, among: names).map { "did you mean \"\($0)\"?" } ?? "there are: "
      + names.joined(separator: ", ")
    return .usage("unknown rule \"\(name)\"; \(hint)")
  }

  private func text(of rule: RuleEntry) -> String {
    let state = rule.parts(rule.knobs.map { $0.initial })
    let kept = state.filter { $0.isKept }.map { $0.name.description }
    let optional = state.filter { !$0.isKept }.map { $0.name.description }
    let parts =
      (kept.isEmpty ? "none" : kept.joined(separator: ", "))
      + (optional.isEmpty ? "" : "; with other knobs also \(optional.joined(separator: ", "))")
    return """
      \(rule.name): \(rule.about.summary)

      \(indented(rule.about.equation.description))

      state        \(rule.stateBytesPerWeight()) bytes a weight in float32\(rule.factorText) (\(parts))
      arithmetic   \(rule.about.flopsPerWeight) flops a weight

      \(knobTable(rule.knobs))
      \(titled("Differences from PyTorch", rule.about.differences.description))
      \(titled("References", rule.about.references.map { "· " + $0.description }.joined(separator: "\n")))
      """
  }

  private func text(of wrapper: WrapperEntry) -> String {
    """
    \(wrapper.name): \(wrapper.summary)

    \(indented(wrapper.equation.description))

    \(wrapper.knobs.isEmpty ? "no knobs\n" : knobTable(wrapper.knobs))
    """
  }

  func knobTable(_ knobs: [KnobDescription]) -> String {
    var table = TextTable([("knob", .left), ("default", .right), ("range", .left), ("", .left)])
    for knob in knobs {
      table.add([knob.name.description, knob.defaultText, knob.rangeText, knob.help.description])
    }
    return table.text
  }

  func titled(_ title: String, _ body: String) -> String { "\(title)\n\(indented(body))\n" }

  func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
  }
}

extension RuleEntry {
  /// What factors of a matrix take beside, for a reader; empty where the rule keeps none.
  var factorText: String {
    let factors = parts(knobs.map { $0.initial }).filter { $0.isKept && $0.extent == .factor }
    let bytes = factors.reduce(0) { $0 + 4 * ($1.shape([1024, 1024])?.count ?? 0) }
    return bytes == 0 ? "" : ", and \(bytes >> 10) KiB of factors for a matrix of 1024×1024"
  }

  /// Bytes of state a weight in float32, with default knobs.
  func stateBytesPerWeight() -> Int {
    4 * parts(knobs.map { $0.initial }).filter { $0.isKept && $0.extent == .weight }.count
  }
}

extension KnobDescription {
  /// The default as it is typed; none where it means that nothing is bounded.
  var defaultText: String { initial.isFinite ? text(of: initial) : "none" }

  /// What is accepted, for a reader.
  var rangeText: String {
    switch kind {
    case .flag: "true, false"
    case .choice(let names): names.map { $0.description }.joined(separator: ", ")
    case .integer: "\(range), whole"
    case .extent: "\(range), one length or two: 32, 13x17"
    case .number: "\(range)\(scale == .logarithmic ? ", log" : "")"
    }
  }

  /// As the contracts have it: flags as JSON's, choices by name with all of them listed.
  public var json: JSON {
    var members: [(key: String, value: JSON)] = [("name", .text(name.description))]
    switch kind {
    case .flag: members.append(("default", .flag(initial != 0)))
    case .choice, .extent: members.append(("default", .text(text(of: initial))))
    case .integer: members.append(("default", .integer(Int(initial))))
    case .number: members.append(("default", .number(initial)))
    }
    let isNumeric =
      switch kind {
      case .flag, .choice: false
      case .integer, .number, .extent: true
      }
    members += [
      ("minimum", isNumeric ? .number(range.minimum) : .null), ("maximum", isNumeric ? .number(range.maximum) : .null),
      ("scale", .text(scale == .logarithmic ? "log" : "linear")), ("help", .text(help.description)),
    ]
    if range.excludesMaximum { members.append(("excludesMaximum", .flag(true))) }
    if !unit.description.isEmpty { members.append(("unit", .text(unit.description))) }
    if case .choice(let names) = kind { members.append(("choices", .array(names.map { .text($0.description) }))) }
    return .object(members)
  }
}
