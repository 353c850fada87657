import Downhill
import DownhillBase
import DownhillThreads

/// The same numbers, whoever computes them, in whatever company.
extension Law {
  static let repeatable = Law("gives the same bits again", repeats(Float.self), repeats(Double.self))
  static let pieces = Law("gives a weight the same bits in any array", cuts(Float.self), cuts(Double.self))
  static let threads = Law("gives the same bits on any number of threads", shares(Float.self), shares(Double.self))
}

private func repeats<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    let shapes = rule.shapes(for: spec)
    let gradients = SampleData.gradients(shapes.weightCount, as: Scalar.self)
    var (first, second) = (Walk<Scalar>(spec, shapes), Walk<Scalar>(spec, shapes))
    first.steps(along: gradients)
    second.steps(along: gradients)
    return [
      difference(second.weights, first.weights), difference(second.optimizer.state, first.optimizer.state),
    ].compactMap { $0 }
  }
}

/// Around the width of a register (8 and 16) and the length of a piece (4096). One after the other they also begin at
/// addresses that are no multiples of a register.
private let sliceLengths = [1, 2, 7, 8, 15, 16, 17, 4095, 4096, 4097, 20_000]

/// An array whole and in slices, each slice a tensor; the slices of one weight take the scalar path only, the whole
/// array nearly only the vector path. Where a rule sums over a tensor, several tensors together and each alone.
private func cuts<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { rule, spec in
    if spec.sumsOverTensors || spec.drawsNoise || spec.drawsByTensor { return [] }
    if spec.hasReductions { return meetsStrangers(rule, spec, Scalar.self) }
    let count = sliceLengths.reduce(0, +)
    let gradients = SampleData.gradients(count, as: Scalar.self).prefix(3)
    var whole = Walk<Scalar>(spec, [[count]])
    whole.steps(along: gradients)
    let slicings = [sliceLengths, sliceLengths.reversed()]
    let cut = slicings.compactMap { lengths -> String? in
      var slices = Walk<Scalar>(spec, lengths.map { [$0] })
      slices.steps(along: gradients)
      return difference(slices.weights, whole.weights).map { "slices of \(lengths): \($0)" }
    }
    return cut + [singles(spec, whole.weights, gradients)].compactMap { $0 }
  }
}

/// The first and last weights and those around the end of a piece, each with an optimizer of its own.
private func singles<Scalar: WeightScalar>(
  _ spec: OptimizerSpec, _ whole: [Scalar], _ gradients: some Sequence<[Scalar]>
) -> String? {
  let start: [Scalar] = SampleData.weights(whole.count)
  for place in [0..<40, 4085..<4110, whole.count - 20..<whole.count].joined() {
    var single = Walk<Scalar>(spec, [[1]], from: [start[place]])
    for gradient in gradients { single.step(along: [gradient[place]]) }
    if let difference = difference(single.weights, [whole[place]]) {
      return "weight \(place) by itself: \(difference)"
    }
  }
  return nil
}

private func meetsStrangers<Scalar: WeightScalar>(
  _ rule: RuleUnderTest, _ spec: OptimizerSpec, _: Scalar.Type
) -> [String] {
  let shapes = rule.shapes(for: spec)
  let count = shapes.weightCount
  let gradients = SampleData.gradients(count, as: Scalar.self).prefix(3)
  var together = Walk<Scalar>(spec, shapes)
  together.steps(along: gradients)
  let start: [Scalar] = SampleData.weights(count)
  var offset = 0
  return shapes.compactMap { shape in
    let range = offset..<offset + shape.count
    offset += shape.count
    if shape.count == 0 { return nil }
    var alone = Walk<Scalar>(spec, [shape], from: Array(start[range]))
    alone.steps(along: gradients.map { Array($0[range]) })
    return difference(alone.weights, Array(together.weights[range])).map { "tensor \(shape.dimensions) alone: \($0)" }
  }
}

/// Over tensors of several pieces, where threads have something to share.
private func shares<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { _, spec in
    let shapes: [Shape] =
      spec.isElementwise
      ? [[20_000], [4097], [1], [0], [5000, 1]]
      : spec.isFactored ? [[3, 40], [1], [33, 8]] : [[3, 1400], [1], [520, 8]]
    let gradients = SampleData.gradients(shapes.weightCount, as: Scalar.self).prefix(2)
    var serial = Walk<Scalar>(spec, shapes)
    serial.steps(along: gradients)
    let state = serial.optimizer.state

    func compare(_ loop: some ParallelLoop, _ name: String) -> String? {
      var other = Walk<Scalar>(spec, shapes, on: loop)
      other.steps(along: gradients)
      let found = difference(other.weights, serial.weights) ?? difference(other.optimizer.state, state)
      return found.map { "\(name): \($0)" }
    }
    let onThreads = [1, 2, 3, 8].compactMap { (count: Int) in
      compare(DispatchLoop(workerCount: count), "\(count) threads")
    }
    return onThreads + [compare(BackwardLoop(), "pieces from the last to the first")].compactMap { $0 }
  }
}

/// The pieces from the last to the first, by three workers in turn: an order that threads may take, on one.
private struct BackwardLoop: ParallelLoop {
  var workerCount: Int { 3 }

  func forEach(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    for index in (0..<count).reversed() { body(index, index % 3) }
  }
}
