import Downhill
import DownhillBase
import DownhillMatrix

/// What the laws are applied to: a spec, and the catalogue that says what its names mean.
///
/// With another catalogue the same spec names a rule that was broken on purpose.
struct RuleUnderTest: Sendable, CustomStringConvertible {
  let text: String
  let catalogue: Catalogue
  /// Tensors to use in place of those that laws use by themselves.
  private let ownShapes: [Shape]?

  init(_ text: String, in catalogue: Catalogue = .full, on shapes: [Shape]? = nil) {
    self.text = text
    self.catalogue = catalogue
    ownShapes = shapes
  }

  var description: String { text }

  func spec() throws(SpecError) -> OptimizerSpec { try catalogue.parse(text) }

  /// Small tensors: of one dimension where the rule treats each weight by itself.
  func shapes(for spec: OptimizerSpec) -> [Shape] {
    if let ownShapes { return ownShapes }
    return spec.isElementwise && !spec.looksAtRows
      ? [[100], [1], [16], [0], [37]] : [[5, 3], [3, 7], [16, 16], [1, 6], [0, 4], [9], [24, 40]]
  }

  /// The same with some knobs of the rule at other values, where it has them.
  func spec(setting knobs: [String: Double]) throws(SpecError) -> OptimizerSpec {
    var spec = try spec()
    for (knob, value) in knobs.sorted(by: { $0.key < $1.key }) where spec.has(knob) { try spec.set(knob, to: value) }
    return spec
  }
}

extension OptimizerSpec {
  func has(_ knob: String) -> Bool { rule.entry.knobs.contains { $0.name.description == knob } }

  /// The value of a knob of the rule, 0 where it has none of that name.
  func value(of knob: String) -> Double {
    rule.entry.knobs.firstIndex { $0.name.description == knob }.map { rule.values[$0] } ?? 0
  }

  /// The knobs that make weights shrink, at values where they do not.
  static let withoutDecay: [String: Double] = ["weight-decay": 0, "lambd": 0, "constrained": 0]

  /// Whether weights shrink without a gradient: by a knob, or because the rule is made so.
  var shrinksWeights: Bool {
    Self.withoutDecay.keys.contains { value(of: $0) != 0 } || rule.entry.name.description == "fromage"
  }

  var isElementwise: Bool { rule.entry.isElementwise }

  /// Whether a step sums over a tensor or over all of them: then the places of a tensor are not independent.
  var hasReductions: Bool { !isElementwise || (Optimizer<Float>(self, for: []).traffic?.passes.count ?? 2) > 1 }

  /// Whether a step sums over all tensors.
  var sumsOverTensors: Bool { description.contains("global-norm") || rule.entry.name.description == "prodigy" }

  /// Whether weights decay by a part of the gradient that is then orthogonalised.
  var orthogonalizesDecay: Bool { has("orthogonalizer") && has("decay") && value(of: "decay") == 1 }
  /// Whether the norm of every matrix stays what it is: then there are places that it does not reach.
  var keepsNorm: Bool { rule.entry.name.description == "muon-h" }

  var clips: Bool { isWrapped(in: "clip", "agc") }
  /// Whether rows of matrices are taken for themselves.
  var looksAtRows: Bool { isWrapped(in: "agc", "centralize", "cpr") }
  /// Whether numbers are drawn by the place of a weight.
  var drawsNoise: Bool { isWrapped(in: "noise") }
  /// Whether numbers are drawn by the place of a tensor.
  var drawsByTensor: Bool { ["kron", "dion"].contains(rule.entry.name.description) }
  /// Whether the state holds factors of a tensor's sides, which take time with the cube of a side.
  var isFactored: Bool { rule.entry.parts(rule.values).contains { $0.extent == .factor } }
  /// Gradients for a step.
  var gradientsPerStep: Int {
    wrappers.first { $0.entry.name.description == "accumulate" }.map { Int($0.values[0]) } ?? 1
  }

  func isWrapped(in names: String...) -> Bool { wrappers.contains { names.contains($0.entry.name.description) } }

  /// What it does with huge gradients: steepest descent by the dual norm, unless that is left out.
  var promise: RuleDescription.HugeGradients {
    has("dual") && value(of: "dual") == 0 ? .bounded : rule.entry.about.hugeGradients
  }

  /// Whether another rule, by its place among the choices, gives the length of a step.
  func isGrafted(to choice: Double) -> Bool { has("grafting") && value(of: "grafting") == choice }

  /// The parts that rule and wrappers declare, kept or not, under the names that they have in a state.
  var declaredParts: [DeclaredPart] {
    var parts = rule.entry.parts(rule.values).map {
      DeclaredPart(
        name: $0.name.description, isKept: $0.isKept, start: .number($0.initialValue), extent: $0.extent,
        isFixed: $0.isFixed, shape: $0.shape)
    }
    for (place, wrapper) in wrappers.enumerated() {
      let name = wrapper.entry.name.description
      let before = wrappers[..<place].count { $0.entry.name.description == name }
      let prefix = before == 0 ? name : "\(name)-\(before + 1)"
      parts += wrapper.entry.parts(wrapper.values).map { part in
        DeclaredPart(
          name: "\(prefix).\(part.name)", isKept: part.isKept, start: part.start, extent: part.extent, isFixed: false,
          shape: { part.extent.shape(for: $0) })
      }
    }
    return parts
  }

  struct DeclaredPart {
    let name: String
    let isKept: Bool
    let start: PartStart
    let extent: StateExtent
    let isFixed: Bool
    let shape: @Sendable (Shape) -> Shape?
  }
}

extension [Shape] {
  /// How many numbers all tensors hold together.
  var weightCount: Int { reduce(0) { $0 + $1.count } }
}
