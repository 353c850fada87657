import DownhillBase
import DownhillNN
import Testing

@Suite("Losses of samples that count differently, as importance sampling draws them")
struct WeightedLossTests {
  private static let weights: [Double] = [0.5, 2, 0, 1.25]
  private static let classes = [2, 0, 1, -1, 3, 3, 0, 2]

  /// Two rows an item, as the tokens of a window are.
  private static func crossEntropy(smoothing: Double, weighted: Bool) -> NetworkRun {
    var inputs: (targets: Value, weights: Value)?
    var run = NetworkRun(above: [1]) { tape in
      let logits = tape.parameter("logits", [8, 5], .hidden, start: .normal(deviation: 2))
      let made = (tape.indices("targets", [8]), tape.input("weights", [4]))
      inputs = made
      return tape.crossEntropy(logits, made.0, weights: weighted ? made.1 : nil, smoothing: smoothing)
    }
    if let inputs {
      run.set(inputs.targets, to: classes)
      run.set(inputs.weights, to: weights)
    }
    run.run()
    return run
  }

  private static func squaredError(weighted: Bool) -> NetworkRun {
    var inputs: (targets: Value, weights: Value)?
    var run = NetworkRun(above: [1]) { tape in
      let predictions = tape.parameter("predictions", [4, 3], .hidden, start: .normal(deviation: 2))
      let made = (tape.input("targets", [4, 3]), tape.input("weights", [4]))
      inputs = made
      return tape.squaredError(predictions, made.0, weights: weighted ? made.1 : nil)
    }
    if let inputs {
      run.set(inputs.targets, to: (0..<12).map { Double($0) / 4 - 1 })
      run.set(inputs.weights, to: weights)
    }
    run.run()
    return run
  }

  private func check(_ run: NetworkRun) {
    // One number, a few roundings from the reference's.
    #expect(distance(run.outputs, run.referenceOutputs) < 1e-6 * norm(run.referenceOutputs))
    #expect(distance(run.gradient(of: 0), run.referenceGradient(of: 0)) < 1e-6 * norm(run.referenceGradient(of: 0)))
    // Central differences of a step of 1e-5.
    #expect(run.differenceError(of: 0) < 1e-8)
  }

  @Test("of classes", arguments: [0, 0.1])
  func classes(smoothing: Double) {
    let (run, plain) = (
      Self.crossEntropy(smoothing: smoothing, weighted: true), Self.crossEntropy(smoothing: smoothing, weighted: false)
    )
    check(run)
    checkItems(run, plain, width: 10)
  }

  @Test("of numbers")
  func numbers() {
    let (run, plain) = (Self.squaredError(weighted: true), Self.squaredError(weighted: false))
    check(run)
    checkItems(run, plain, width: 3)
  }

  /// An item's gradient is its weight times what it is without weights: the count of rows stays.
  private func checkItems(_ run: NetworkRun, _ plain: NetworkRun, width: Int) {
    let expected = plain.referenceGradient(of: 0).enumerated().map { $1 * Self.weights[$0 / width] }
    #expect(distance(run.referenceGradient(of: 0), expected) < 1e-12)
    #expect(norm(expected) > 0.05)
  }
}
