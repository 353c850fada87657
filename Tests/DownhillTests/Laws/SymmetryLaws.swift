import Downhill
import DownhillBase

/// What does not change, or changes along, when the world is mirrored or measured in other units.
extension Law {
  static let mirror = Law("mirrors with weights and gradients", mirrors(Float.self), mirrors(Double.self))
  static let scale = Law("scales as its family does", scales(Float.self), scales(Double.self))
}

private func mirrors<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    if spec.drawsNoise { return [] }
    let shapes = rule.shapes(for: spec)
    let gradients = SampleData.gradients(shapes.weightCount, as: Scalar.self)
    var walk = Walk<Scalar>(spec, shapes)
    var mirrored = Walk<Scalar>(spec, shapes, from: walk.weights.map { -$0 })
    for (step, gradient) in gradients.enumerated() {
      walk.step(along: gradient)
      mirrored.step(along: gradient.map { -$0 })
      // Numbers, not bits: a zero need not change its sign.
      if let place = walk.weights.indices.first(where: { walk.weights[$0] != -mirrored.weights[$0] }) {
        return ["step \(step), place \(place): \(mirrored.weights[place]) mirrors \(walk.weights[place])"]
      }
    }
    return []
  }
}

/// By what it declares for huge gradients a rule tells how it scales: a step that grows in proportion is linear in
/// weights and gradients; a bounded one does not see the scale of gradients; one that stalls divides by the root of their
/// squares, and sees it through ε alone; one that merely grows does neither. Powers of two, so that no digit is lost and the law holds to the bit.
///
/// AdaDelta without ε never starts to move, which satisfies the law and shows little.
private func scales<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    // A bound on the gradient is a scale of its own.
    if spec.clips || spec.drawsNoise || spec.isWrapped(in: "cpr") { return [] }
    let promise = spec.promise
    // Kron's factors begin at a size of their own, and grafted to SGD a step is the gradient's length.
    if promise == .grows || spec.has("precondition-init") || spec.isGrafted(to: 1) { return [] }
    let isLinear = promise == .proportional
    // All that is measured in units of the gradient.
    let still: [String: Double] = [
      "eps": 0, "weight-decay": 0, "initial-accumulator-value": 0, "max-norm": 0, "eps1": 1e-150, "grafting-eps": 0,
      // Before there is a root, a step is the gradient's.
      "precondition-frequency": 1,
    ]
    let free = try rule.spec(setting: isLinear ? ["eps": 0] : still)
    let shapes = rule.shapes(for: spec)
    let count = shapes.weightCount
    // No zeros, which ε = 0 would divide by.
    let gradients = SampleData.gradients(count, as: Scalar.self).map { $0.map { $0 == 0 ? Scalar(nearest: 0.5) : $0 } }
    var walk = Walk<Scalar>(free, shapes)
    let start = walk.weights
    walk.steps(along: gradients)
    if let bad = walk.weights.indices.first(where: { !walk.weights[$0].isFinite }) {
      return ["\(walk.weights[bad]) at \(bad) without ε"]
    }
    return [0x1p-20, 0x1p20].compactMap { scale in
      let factor = Scalar(nearest: scale)
      var scaled = Walk<Scalar>(free, shapes, from: isLinear ? start.map { factor * $0 } : start)
      scaled.steps(along: gradients.map { $0.map { factor * $0 } })
      let expected = isLinear ? walk.weights.map { factor * $0 } : walk.weights
      return difference(scaled.weights, expected).map { "gradients times \(scale): \($0)" }
    }
  }
}
