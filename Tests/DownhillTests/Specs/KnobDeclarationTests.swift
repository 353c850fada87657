import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// What is read on the command line, in listings and on sliders is all declared, and declared well.
@Suite("Declared knobs")
struct KnobDeclarationTests {
  private static let stages: [(name: StaticString, knobs: [KnobDescription])] =
    Catalogue.full.rules.map { ($0.name, $0.knobs) } + Catalogue.full.wrappers.map { ($0.name, $0.knobs) }

  private static let knobs = stages.flatMap { stage in stage.knobs.map { (place: "\(stage.name).\($0.name)", knob: $0) }
  }

  @Test("have names of small letters, digits and hyphens, none twice")
  func names() {
    for stage in Self.stages {
      let names = stage.knobs.map { $0.name.description }
      #expect(Set(names).count == names.count, "\(stage.name): \(names)")
      for name in names + [stage.name.description] { #expect(isName(name), "\(stage.name): \(name)") }
    }
    let all = Self.stages.map { $0.name.description } + ScheduleForm.all.map { $0.name.description }
    #expect(Set(all).count == all.count)
    #expect(all.allSatisfy(isName))
  }

  private func isName(_ text: String) -> Bool {
    let isLetter = { (character: Character) in ("a"..."z").contains(character) }
    return text.first.map(isLetter) == true && text.last != "-" && !text.contains("--")
      && text.allSatisfy { isLetter($0) || ("0"..."9").contains($0) || $0 == "-" }
  }

  @Test("stand at a default within their range; infinity stands for none")
  func defaults() {
    for (place, knob) in Self.knobs {
      let isNone = knob.initial == .infinity && knob.range.maximum == .infinity
      #expect(knob.range.contains(knob.initial) || isNone, "\(place)=\(knob.initial) of \(knob.range)")
      #expect(knob.range.minimum.isFinite && knob.range.minimum < knob.range.maximum, "\(place): \(knob.range)")
      #expect(!knob.range.contains(.nan) && !knob.range.contains(.infinity) && !knob.range.contains(-.infinity))
      // Orders of magnitude begin above 0; at 0 stands "off".
      if knob.scale == .logarithmic { #expect(knob.range.minimum >= 0, "\(place)") }
      switch knob.kind {
      case .number: #expect(knob.isSchedulable)
      case .integer: #expect(knob.initial == knob.initial.rounded() && !knob.isSchedulable, "\(place)")
      case .extent: Issue.record("\(place): rows and columns are no hyperparameter of a rule")
      case .flag: #expect(knob.range == KnobRange(0, 1) && !knob.isSchedulable, "\(place)")
      case .choice(let names):
        #expect(knob.range == KnobRange(0, Double(names.count - 1)) && !knob.isSchedulable, "\(place)")
        #expect(Set(names.map { $0.description }).count == names.count && names.count > 1, "\(place)")
        #expect(names.allSatisfy { isName($0.description) }, "\(place)")
      }
    }
  }

  @Test("say in a sentence what they do")
  func sentences() {
    for (place, knob) in Self.knobs {
      #expect(isSentence(knob.help.description), "\(place): \(knob.help)")
      #expect(!knob.unit.description.contains(" "), "\(place): \(knob.unit)")
    }
    for wrapper in Catalogue.full.wrappers {
      #expect(isSentence(wrapper.summary.description), "\(wrapper.name): \(wrapper.summary)")
      #expect(!wrapper.equation.description.isEmpty)
    }
    for rule in Catalogue.full.rules {
      #expect(isSentence(rule.about.summary.description), "\(rule.name): \(rule.about.summary)")
      #expect(isSentence(rule.about.differences.description), "\(rule.name): \(rule.about.differences)")
      #expect(rule.about.equation.description.contains("←"), "\(rule.name)")
      #expect(rule.about.flopsPerWeight > 1 && !rule.about.references.isEmpty, "\(rule.name)")
    }
    for form in ScheduleForm.all {
      #expect(isSentence(form.help.description), "\(form.name): \(form.help)")
      #expect(form.usage.description.hasPrefix("\(form.name)("), "\(form.name): \(form.usage)")
    }
  }

  /// Begins with a capital, a symbol or the name of PyTorch's module, ends with a full stop, stands on one line without spaces around.
  private func isSentence(_ text: String) -> Bool {
    guard let first = text.first, text.count > 10 else { return false }
    return (!("a"..."z").contains(first) || text.hasPrefix("torch.optim")) && first != " " && text.hasSuffix(".")
      && !text.contains("\n")
      && !text.contains("  ")
  }

  @Test("accept the ends of their range that they show, and nothing beyond")
  func ends() {
    for rule in Catalogue.full.rules {
      for knob in rule.knobs where knob.isSchedulable {
        let spec = { (value: Double) in "\(rule.name):\(knob.name)=\(value)" }
        #expect(refusal(of: spec(knob.range.minimum)) == nil)
        let below = knob.range.minimum.nextDown
        #expect(refusal(of: spec(below)) == "\(rule.name): \(knob.name)=\(below) is out of range \(knob.range)")
        guard knob.range.maximum.isFinite else { continue }
        #expect((refusal(of: spec(knob.range.maximum)) == nil) == !knob.range.excludesMaximum)
        #expect(refusal(of: spec(knob.range.maximum.nextDown)) == nil)
        #expect(refusal(of: spec(knob.range.maximum.nextUp)) != nil)
      }
    }
  }
}
