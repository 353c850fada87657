import Downhill
import DownhillBase

extension OptimizerSpec {
  /// That every matrix has rows for the heads that a rule is to cut it into: a rule by itself, which cannot refuse, would
  /// take it whole.
  /// - Throws: `CommandFailure` of kind usage.
  func checkHeads(of parameters: [Parameter]) throws {
    let heads = Int(number(of: "heads") ?? 1)
    guard heads > 1 else { return }
    for parameter in parameters {
      let shape = parameter.shape
      let rows = number(of: "experts") == 1 && shape.dimensions.count >= 3 ? shape.dimensions[1] : shape.rows
      guard rows % heads != 0 else { continue }
      throw CommandFailure.usage(
        "\(rule.entry.name): heads=\(heads) does not divide the \(rows) rows of \(parameter.name) \(shape)")
    }
  }

  /// The value of a knob of the rule; nil where it has none of that name.
  func number(of knob: String) -> Double? {
    rule.entry.knobs.firstIndex { $0.name.description == knob }.map { rule.values[$0] }
  }
}
