import Downhill
import DownhillBase
import DownhillMatrix

/// Everything that the laws run over: made from the catalogue, so that a new rule is under them as soon as it is in it.
enum TestedRules {
  static let all: [RuleUnderTest] = {
    let rules = Catalogue.full.rules.flatMap { variants(of: $0) }
    let wrapped = Catalogue.full.rules.flatMap { rule in wrappers.map { "\($0)/\(rule.name)" } }
    var seen = Set<String>()
    return (rules + golden + wrapped + stacks).filter { seen.insert($0).inserted }.map { RuleUnderTest($0) }
  }()

  /// The specs that have a golden trajectory.
  static let golden: [String] = {
    let specs = (try? GoldenFixture.shared.get().cases.map { $0.spec }) ?? []
    var seen = Set<String>()
    return specs.filter { seen.insert($0).inserted }
  }()

  /// The defaults, each knob by itself away from its default, and all numbers at once.
  private static func variants(of rule: RuleEntry) -> [String] {
    let settings = rule.knobs.map { knob in knob.otherValues.map { "\(knob.name)=\($0)" } }
    var specs = [rule.name.description]
    for (place, values) in settings.enumerated() {
      for value in values {
        // A flag may want another knob beside it, as nesterov wants momentum.
        let companions = settings.enumerated().filter { $0.offset != place }.compactMap { $0.element.first }
        let candidates = ["\(rule.name):\(value)"] + companions.map { "\(rule.name):\(value),\($0)" }
        if let valid = candidates.first(where: isValid) { specs.append(valid) }
      }
    }
    let numbers = zip(rule.knobs, settings).filter { $0.0.isSchedulable }.compactMap { $0.1.first }
    let together = "\(rule.name):" + numbers.joined(separator: ",")
    return specs + (isValid(together) ? [together] : [])
  }

  private static func isValid(_ spec: String) -> Bool { (try? Catalogue.full.parse(spec)) != nil }

  /// Each wrapper, with each of its knobs.
  private static let wrappers: [String] = Catalogue.full.wrappers.flatMap { wrapper in
    ([wrapper.name.description] + wrapper.knobs.map { "\(wrapper.name):\($0.name)=0.3" }).filter {
      isValid($0 + "/sgd")
    }
  }

  /// Several wrappers, schedules on any knob, and parts of the state that only a later step of a schedule wants.
  private static let stacks = [
    "cautious/adamw:lr=0.01,amsgrad=true",
    "cautious/lamb:lr=0.01,weight-decay=0.1",
    "cautious/cautious/sgd:momentum=0.9",
    "clip:global-norm=1/cautious/clip:value=0.2/adamw:lr=0.01",
    "clip:norm=1/clip:value=0.2/clip:norm=0.5/sgd:lr=0.1",
    "clip:global-norm=1/clip:norm=0.5/muon:lr=0.01",
    "clip:norm=linear(1,total=6,final=0.1)/rmsprop:lr=exponential(0.01,factor=0.7),centered=true",
    "sgd:lr=0.1,momentum=join(constant(0),3,constant(0.8))",
    "sgd:lr=step(0.1,every=2,factor=0.5),momentum=0.9,nesterov=true",
    "sgd:lr=inverse-sqrt(0.1,warmup=3),weight-decay=cosine(0.1,total=5)",
    "adam:lr=0.01,beta1=linear(0.9,total=5,final=0.5),beta2=constant(0.99,warmup=3),eps=linear(1e-3,total=6,final=0.1)",
    "rmsprop:momentum=join(constant(0),2,linear(0.9,total=6,final=0)),lr=0.01",
    "sign-sgd:lr=cosine(0.01,total=4),momentum=linear(0.9,total=3,final=0)",
    "muon:lr=warmup(3,join(constant(0.02),2,linear(0.02,total=4))),momentum=linear(0.5,total=5,final=1.8)",
  ]
}

extension KnobDescription {
  /// Values to try that are not the default.
  fileprivate var otherValues: [String] {
    switch kind {
    case .flag: [text(of: 1 - initial)]
    case .choice(let names): names.indices.filter { Double($0) != initial }.map { names[$0].description }
    case .extent: []
    case .integer: [text(of: initial == range.maximum ? initial - 2 : initial + 2)]
    case .number: [0.05, 0.3, 2.5].filter { $0 != initial && range.contains($0) }.prefix(1).map { text(of: $0) }
    }
  }
}
