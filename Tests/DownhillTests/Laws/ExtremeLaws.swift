import Downhill
import DownhillBase

/// Gradients that are nothing, next to nothing, or enormous.
extension Law {
  static let zeroGradient = Law("stays put where nothing pulls", rests(Float.self), rests(Double.self))
  static let extremes = Law(
    "keeps its promise on extreme gradients",
    { rule, spec in
      // What a clip lets through, or noise adds, is not what the rule's promise is about.
      try survives(spec, Float.self) + (spec.clips || spec.drawsNoise ? [] : promise(rule))
    },
    // In Double the square of 1e30 is nothing special, and the promise says nothing.
    { _, spec in survives(spec, Double.self) })
}

/// Without a gradient a weight moves by its decay alone, at first as well as after.
private func rests<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    let shapes = rule.shapes(for: spec)
    let count = shapes.weightCount
    let zero = [Scalar](repeating: 0, count: count)
    var walk = Walk<Scalar>(spec, shapes)
    let start = walk.weights
    walk.steps(along: [zero, zero, zero])
    if let place = walk.weights.indices.first(where: { !walk.weights[$0].isFinite }) {
      return ["\(walk.weights[place]) at \(place) after steps without a gradient"]
    }
    // A small matrix far beyond its bound swings without end, as in the authors' code.
    // Nor does a weight shrink for certain where decay is a part of what is orthogonalised.
    if spec.isWrapped(in: "cpr") || spec.orthogonalizesDecay { return [] }
    if spec.drawsNoise {
      // It moves, and that is what it is for.
    } else if !spec.shrinksWeights {
      if let difference = difference(walk.weights, start) { return ["moves without a gradient: \(difference)"] }
    } else {
      let grown = walk.weights.indices.first { walk.weights[$0].magnitude > start[$0].magnitude }
      if let grown { return ["decay alone takes \(start[grown]) to \(walk.weights[grown])"] }
    }
    // Once in motion it may coast, but not forever: it stays finite where gradients vanish for long.
    walk.steps(along: SampleData.gradients(count, as: Scalar.self))
    walk.steps(along: repeatElement(zero, count: 40))
    let bad = walk.weights.indices.first { !walk.weights[$0].isFinite }
    return bad.map { ["\(walk.weights[$0]) at \($0) after gradients vanished"] } ?? []
  }
}

/// Zeros, subnormal numbers, ordinary ones, and 1e30, all in one tensor; and a tensor of subnormal numbers alone.
private func survives<Scalar: WeightScalar>(_ spec: OptimizerSpec, _: Scalar.Type) -> [String] {
  let (least, ordinary): (Scalar, Scalar) = (.leastNonzeroMagnitude, .leastNormalMagnitude)
  let numbers = [0, -0.0, 1e-30, -1e-20, 1e-3, 1, -10, 1e15, 1e19, -1e25, 1e30, -1e30].map { Scalar(nearest: $0) }
  let tiny = [least, -ordinary / 2, -3 * least, ordinary / 1000]
  let shape: Shape = spec.isElementwise ? [150] : [10, 15]
  return [("all kinds", numbers + tiny + [ordinary]), ("subnormal numbers", tiny)].compactMap { name, zoo in
    let gradient = (0..<150).map { zoo[$0 * 7 % zoo.count] }
    var walk = Walk<Scalar>(spec, [shape])
    for step in 1...SampleData.stepCount {
      walk.step(along: gradient)
      if let place = walk.weights.indices.first(where: { !walk.weights[$0].isFinite }) {
        return "\(name): \(walk.weights[place]) after step \(step) where the gradient is \(gradient[place])"
      }
    }
    return nil
  }
}

/// What `about.hugeGradients` says, without decay, which is another matter.
private func promise(_ rule: RuleUnderTest) throws -> [String] {
  // Before there is a root, a step is the gradient's; and Kron's usual step is in proportion to what it begins with.
  let still = ["precondition-frequency": 1.0, "precondition-init": 1]
  let spec = try rule.spec(setting: OptimizerSpec.withoutDecay.merging(still) { $1 })
  let shape: Shape = spec.isElementwise ? [150] : [10, 15]
  let signs = (0..<shape.count).map { Float($0 % 3 == 0 ? -1 : 1) }
  let huge = (0..<shape.count).map { place -> Float in place % 2 == 0 ? signs[place] * 1e30 : 0 }
  let ordinary = (0..<shape.count).map { place -> Float in place % 2 == 0 ? signs[place] : 0 }

  func moves(along gradient: [Float]) -> [Float] {
    var walk = Walk<Float>(spec, [shape])
    let start = walk.weights
    walk.steps(along: repeatElement(gradient, count: 3 * spec.gradientsPerStep))
    return zip(walk.weights, start).map { $0 - $1 }
  }
  let (ours, usual) = (moves(along: huge), moves(along: ordinary))
  let largest = (ours.reduce(0) { max($0, $1.magnitude) }, usual.reduce(0) { max($0, $1.magnitude) })
  switch spec.promise {
  case .bounded:
    // A floor under the norm, Muon's ε, makes the usual steps smaller.
    return largest.0 > 4 * largest.1 || largest.0 < 0.5 * largest.1
      ? ["promises a bounded step, and moves by \(largest.0) where it usually moves by \(largest.1)"] : []
  case .proportional:
    let ratio = largest.0 / largest.1
    return ratio > 0.99e30 && ratio < 1.01e30 ? [] : ["promises to go with the gradient, and moves by \(largest.0)"]
  case .grows:
    return largest.0 > 1000 * largest.1 ? [] : ["promises to grow with the gradient, and moves by \(largest.0)"]
  case .stalls:
    return largest.0 == 0 ? [] : ["promises to stop, and moves by \(largest.0)"]
  }
}
