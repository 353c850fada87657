import Downhill
import DownhillBase
import DownhillMatrix

/// The message with which a spec is refused; nil where it is accepted.
func refusal(of spec: String) -> String? { refusal { _ = try Catalogue.full.parse(spec) } }

/// The text of the error that a piece of code throws, or nil.
func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}

/// Where two specs differ: in a name, the bits of a value, or a schedule; nil where they do not.
func difference(_ found: OptimizerSpec, _ expected: OptimizerSpec) -> String? {
  if found.wrappers.count != expected.wrappers.count { return "\(found.wrappers.count) wrappers" }
  for (a, b) in zip(found.wrappers, expected.wrappers) {
    if let difference = difference(a, b) { return difference }
  }
  return difference(found.rule, expected.rule)
}

private func difference<Entry: SpecEntry>(
  _ found: OptimizerSpec.Stage<Entry>, _ expected: OptimizerSpec.Stage<Entry>
) -> String? {
  let name = expected.entry.name.description
  if found.entry.name.description != name { return "\(found.entry.name) where \(name) should be" }
  for (place, knob) in expected.entry.knobs.enumerated() {
    let schedules = [found, expected].map { $0.schedules.first { $0.knob == place }?.schedule }
    if schedules[0] != schedules[1] { return "\(name): \(knob.name): \(schedules)" }
    let values = (found.values[place], expected.values[place])
    if values.0 != values.1 { return "\(name): \(knob.name) is \(values.0), not \(values.1)" }
  }
  return found.schedules.count == expected.schedules.count ? nil : "\(name): \(found.schedules.count) schedules"
}

/// Texts of valid specs, at random from the catalogue: any wrappers, any knobs in any order, any kind of schedule.
struct SpecGenerator {
  private let random: CounterRandom
  private var drawn: UInt64 = 0

  init(seed: UInt64, stream: UInt64) { random = CounterRandom(seed: seed, stream: stream) }

  mutating func index(below count: Int) -> Int {
    drawn += 1
    return random.index(below: count, at: drawn)
  }

  private mutating func element<Element>(of values: [Element]) -> Element { values[index(below: values.count)] }

  mutating func spec() -> String {
    // Not every wrapper goes with every other.
    while true {
      var wrappers = (0..<index(below: 4)).map { _ in stage(element(of: Self.wrappers)) }
      if index(below: 8) == 0 {
        let inner = stage(element(of: Catalogue.full.rules))
        wrappers.append("switch:at=\(1 + index(below: 1000)),to=(\(inner))")
      }
      let text = (wrappers + [stage(element(of: Catalogue.full.rules))]).joined(separator: "/")
      if (try? Catalogue.full.parse(text)) != nil { return text }
    }
  }

  /// A switch is written in its own way.
  private static let wrappers = Catalogue.full.wrappers.filter { $0.name.description != "switch" }

  private mutating func stage<Entry: SpecEntry>(_ entry: Entry) -> String {
    let spec = { (settings: [String]) in
      settings.isEmpty ? entry.name.description : "\(entry.name):" + settings.joined(separator: ",")
    }
    // What does not go together is drawn again; some wrapper may want a knob.
    while true {
      let order = CounterRandom(seed: UInt64(index(below: 1 << 40))).permutation(of: entry.knobs.count)
      let settings = order.prefix(index(below: entry.knobs.count + 1))
        .map { "\(entry.knobs[$0].name)=\(value(of: entry.knobs[$0]))" }
      let text = spec(settings)
      if (try? Catalogue.full.parse(entry is RuleEntry ? text : text + "/sgd")) != nil { return text }
    }
  }

  private mutating func value(of knob: KnobDescription) -> String {
    switch knob.kind {
    case .flag: return element(of: ["true", "false"])
    case .choice(let names): return element(of: names).description
    case .extent: return "\(1 + index(below: 32))"
    case .integer: return "\(Int(knob.range.minimum) + index(below: Int(min(knob.range.maximum, 1e3)) + 1))"
    case .number: return index(below: 2) == 0 ? number(in: knob.range) : schedule(in: knob.range, depth: 0)
    }
  }

  /// A number of few digits or of many, in a range that begins at 0.
  private mutating func number(in range: KnobRange) -> String {
    let bits = UInt64(index(below: .max))
    let value = Double(bits >> 10 | 1) * 0x1p-53
    switch index(below: 4) {
    case 0: return "\(value)"
    case 1: return range.maximum <= 1 ? "0.\(bits % 1000)" : "\(bits % 1000)"
    case 2: return "\(bits % 9 + 1)e-\(bits % 300 + 1)"
    default: return range.maximum <= 1 ? "0" : "\(value)e\(bits % 290)"
    }
  }

  private mutating func schedule(in range: KnobRange, depth: Int) -> String {
    let peak = number(in: range)
    let (steps, more) = (1 + index(below: 5000), 1 + index(below: 5000))
    switch index(below: depth < 3 ? 14 : 12) {
    case 0: return "constant(\(peak))"
    case 1: return "step(\(peak),factor=0.\(more),every=\(steps))"
    case 2: return "exponential(\(peak),warmup=\(steps))"
    case 3: return "cosine(\(peak),warmup=\(steps),total=\(steps + more),final=0.\(more))"
    case 4: return "linear(\(peak),total=\(more))"
    case 5: return "inverse-sqrt(\(peak),warmup=\(steps))"
    case 6: return "cosine-restarts(\(peak),t-0=\(steps),t-mult=\(index(below: 3) + 1),final=0.\(more))"
    case 7: return "polynomial(\(peak),total=\(steps + more),power=\(index(below: 30))e-1,warmup=\(steps))"
    case 8:
      let shape = element(of: DecayShape.allCases).name
      return "wsd(\(peak),total=\(steps + more),warmup=\(steps),shape=\(shape),final=0.\(more))"
    case 9: return "one-cycle(\(peak),total=\(steps),pct-start=0.\(more),shape=linear)"
    case 10: return "cyclic(\(peak),base=\(number(in: range)),step-size-down=\(steps),mode=triangular2)"
    // At the top only: it has no place in a join.
    case 11:
      return depth == 0
        ? "plateau(\(peak),patience=\(steps),factor=0.\(more),warmup=\(more))" : "constant(\(peak),warmup=\(more))"
    case 12: return "warmup(\(steps),\(schedule(in: range, depth: depth + 1)))"
    default:
      let pieces = (0..<3).map { _ in schedule(in: range, depth: depth + 1) }
      return "join(\(pieces[0]),\(steps),\(pieces[1]),\(steps + more),\(pieces[2]))"
    }
  }
}
