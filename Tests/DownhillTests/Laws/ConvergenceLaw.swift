import Downhill
import DownhillBase

extension Law {
  /// Double only: it is about the direction, not the digits.
  static let convergence = Law("finds the bottom of a bowl", { _, _ in [] }, converges)
}

/// f(w) = ½Σh(w − c)² over 64 weights with curvatures from 1 to 30, the rate falling to 0: with the best of some rates,
/// half a decade apart, 300 steps take f to a thousandth; 10,000 do where a rule starts slowly or remembers long.
private let converges: Law.Check<Double> = { rule, spec in
  // Rows without a mean reach no bottom, nor does a sphere; an amplified sum of sums (grokfast) needs other rates.
  if spec.isWrapped(in: "centralize", "grokfast") || spec.keepsNorm { return [] }
  let (count, goal) = (64, 1e-3)
  let shape: Shape = spec.isElementwise ? [count] : [8, 8]
  let random = CounterRandom(seed: 5)
  let center = (0..<count).map { random.normal(at: UInt64($0)) }
  let curvature = (0..<count).map { Elementary.exp(3.4 * Double($0) / Double(count - 1)) }
  func loss(_ w: [Double]) -> Double {
    w.indices.reduce(0) { $0 + 0.5 * curvature[$1] * (w[$1] - center[$1]) * (w[$1] - center[$1]) }
  }

  let start: [Double] = SampleData.weights(count)
  var best = Double.infinity
  // The last two are for steps as long as a dual norm, which sums over all columns.
  let rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 0.001, 0.0003]
  for (steps, rate) in [300, 10_000].flatMap({ steps in rates.map { (steps, $0) } }) {
    // Decay would move the bottom.
    var free = try rule.spec(setting: OptimizerSpec.withoutDecay)
    try free.set("lr", to: .linear(rate, total: steps, final: 0))
    var walk = Walk<Double>(free, [shape], from: start)
    for _ in 0..<steps {
      walk.step(along: walk.weights.indices.map { curvature[$0] * (walk.weights[$0] - center[$0]) })
    }
    let reached = loss(walk.weights)
    if reached < best { best = reached }
    if best <= goal * loss(start) { return [] }
  }
  return ["from \(loss(start)) to \(best) at best"]
}
