import Downhill
import DownhillBase

/// State is a value beside the weights: all of it, and nothing else.
extension Law {
  static let copies = Law("leaves a copy alone", isValue(Float.self), isValue(Double.self))
  static let resume = Law("goes on from a saved state to the bit", resumes(Float.self), resumes(Double.self))
  static let state = Law("keeps the state that it declares", declares(Float.self), declares(Double.self))
}

private func isValue<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    let shapes = rule.shapes(for: spec)
    let gradients = SampleData.gradients(shapes.weightCount, as: Scalar.self)
    var original = Walk<Scalar>(spec, shapes)
    original.steps(along: gradients[..<2])
    let (weights, state) = (original.weights, original.optimizer.state)
    var copy = original
    copy.steps(along: gradients[2...])
    if let difference = difference(original.weights, weights) ?? difference(original.optimizer.state, state) {
      return ["the original, after steps of a copy: \(difference)"]
    }
    // A snapshot goes on as its original does, whichever goes first.
    let first = (copy.weights, copy.optimizer.state)
    original.steps(along: gradients[2...])
    let found = difference(original.weights, first.0) ?? difference(original.optimizer.state, first.1)
    return found.map { ["the original, beside its copy: \($0)"] } ?? []
  }
}

private func resumes<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    let shapes = rule.shapes(for: spec)
    let gradients = SampleData.gradients(shapes.weightCount, as: Scalar.self)
    var uninterrupted = Walk<Scalar>(spec, shapes)
    var snapshots = [(weights: uninterrupted.weights, state: uninterrupted.optimizer.state)]
    for gradient in gradients {
      uninterrupted.step(along: gradient)
      snapshots.append((uninterrupted.weights, uninterrupted.optimizer.state))
    }
    return try [0, 1, 4].compactMap { step in
      var resumed = Walk<Scalar>(spec, shapes, from: snapshots[step].weights)
      try resumed.restore(snapshots[step].state)
      resumed.steps(along: gradients[step...])
      let end = snapshots[gradients.count]
      let found = difference(resumed.weights, end.weights) ?? difference(resumed.optimizer.state, end.state)
      return found.map { "saved after step \(step): \($0)" }
    }
  }
}

/// The parts that the rule declares for its knobs are those of the state, one number a weight each, and they begin as
/// declared.
private func declares<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    let shapes = rule.shapes(for: spec)
    var walk = Walk<Scalar>(spec, shapes)
    let isScheduled = !spec.rule.schedules.isEmpty
    let all = spec.declaredParts
    // A schedule may want a part that its first value does not: then there may be more.
    let kept = all.filter { $0.isKept || (isScheduled && walk.optimizer.partNames.contains($0.name)) }
    var violations = [String]()
    func require(_ condition: Bool, _ text: @autoclosure () -> String) { if !condition { violations.append(text()) } }

    let names = kept.map { $0.name }
    require(walk.optimizer.partNames == names, "keeps \(walk.optimizer.partNames), declares \(names)")
    require(Set(all.map { $0.name }).count == all.count, "two parts have one name")
    let first = walk.optimizer.state
    require(first.stepCount == 0 && walk.optimizer.stepCount == 0, "begins at step \(first.stepCount)")
    let expected = shapes.reduce(0) { sum, shape in sum + kept.count { $0.shape(shape) != nil } }
    require(first.tensors.count == expected, "has \(first.tensors.count) tensors of state")
    for (tensor, shape) in shapes.enumerated() {
      for part in kept {
        let values = first["tensor\(tensor)", part.name] ?? []
        var initial = Scalar.zero
        if case .number(let value) = part.start { initial = Scalar(nearest: value) }
        let count = part.shape(shape)?.count ?? 0
        require(values.count == count, "\(part.name) of \(shape.dimensions) has \(values.count) numbers")
        require(values.allSatisfy { $0 == initial }, "\(part.name) does not begin at \(initial)")
      }
    }
    if let passes = walk.optimizer.traffic?.passes {
      // The weights are among them, and once more where they are scaled behind the step.
      let parts = passes.reduce(0) { $0 + $1.updated } - (spec.isWrapped(in: "cpr") ? 2 : 1)
      let moved = kept.count { $0.extent == .weight && !$0.isFixed }
      require(parts == moved, "its traffic tells of \(parts) parts, it moves \(moved) of \(names)")
    }

    walk.steps(along: SampleData.gradients(shapes.weightCount, as: Scalar.self))
    let last = walk.optimizer.state
    let steps = SampleData.stepCount / spec.gradientsPerStep
    require(last.stepCount == steps, "is at step \(last.stepCount) after \(SampleData.stepCount) gradients")
    // A bound on a tensor's number may keep it where it is; by default none does. Gathered gradients are spent by then.
    let isDefault = spec.description == spec.rule.entry.name.description
    for part in kept where (part.extent != .tensor || isDefault) && !part.name.hasPrefix("accumulate.") {
      let name = part.name
      let changes = shapes.indices.contains { first["tensor\($0)", name] != last["tensor\($0)", name] }
      require(changes, "\(name) is kept but never changes")
    }
    return violations
  }
}
