public import DownhillBase

extension OptimizerSpec: CustomStringConvertible {
  /// The spec as it could be typed, without the knobs that stand at their defaults.
  public var description: String {
    var pieces = wrappers.map { $0.text }
    if let successor {
      pieces.insert("switch:at=\(successor.step),to=(\(successor.spec))", at: successor.outerCount)
    }
    return ((perturbation.map { [$0.text] } ?? []) + pieces + [rule.text]).joined(separator: "/")
  }
}

extension OptimizerSpec.Stage where Entry: SpecEntry {
  var text: String {
    var settings = [String]()
    for (position, knob) in entry.knobs.enumerated() {
      if let scheduled = schedules.first(where: { $0.knob == position }) {
        settings.append("\(knob.name)=\(scheduled.schedule.text)")
      } else if values[position] != knob.initial {
        settings.append("\(knob.name)=\(knob.text(of: values[position]))")
      }
    }
    return settings.isEmpty ? entry.name.description : "\(entry.name):" + settings.joined(separator: ",")
  }
}

extension KnobDescription {
  /// A value as it is typed.
  public func text(of value: Double) -> String {
    switch kind {
    case .flag: value != 0 ? "true" : "false"
    case .choice(let names): names[Int(value)].description
    case .extent: extent(of: value).description
    case .integer, .number: shortText(value)
    }
  }
}

/// The shortest decimal that reads back to the same double, without a fraction of zero.
func shortText(_ value: Double) -> String {
  value == value.rounded(.towardZero) && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
}
