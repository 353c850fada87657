import DownhillBase
import DownhillNN
import Testing

/// The operations of image networks beside PyTorch in float64.
struct ImageFixtureTests {
  static let cases: [OperationCase] =
    (try? OperationCase.all("conv2d", "max-pool", "average-pool", "batch-norm", "activation", "concatenation")) ?? []

  @Test func thereAreCases() { #expect(Self.cases.count == 54) }

  @Test(arguments: cases)
  func matches(_ item: OperationCase) throws {
    let names = item.inputs.keys.sorted().filter { item.gradients[$0] != nil }
    var failure: (any Error)?
    var run = NetworkRun(above: item.gradientFromAbove?.values) { tape in
      var values = [String: Value]()
      for name in names {
        values[name] = tape.parameter(name, Shape(item.inputs[name]?.shape ?? []), .hidden, start: .zeros)
      }
      do {
        return try build(item, values, on: tape)
      } catch {
        failure = error
        return tape.parameter("none", [1], .hidden, start: .zeros)
      }
    }
    if let failure { throw failure }
    for (place, name) in names.enumerated() { run.set(place, to: item.inputs[name]?.values ?? []) }
    if item.operation == "batch-norm" {
      for (place, name) in ["mean", "variance"].enumerated() {
        run.setBuffer(place, to: item.inputs[name]?.values ?? [])
      }
    }
    run.run()
    check(run.outputs, run.referenceOutputs, item.output.values, item.float32Errors["output"], "output")
    for (place, name) in names.enumerated() {
      check(
        run.gradient(of: place), run.referenceGradient(of: place), item.gradients[name]?.values ?? [],
        item.float32Errors[name], name)
    }
    for (place, name) in ["mean", "variance"].enumerated() {
      guard let changed = item.changed?[name] else { continue }
      check(
        run.store.numbers(ofBuffer: place).map { Double($0) }, run.reference[run.reference.value(ofBuffer: place)],
        changed.values, item.float32Errors[name], name)
    }
  }

  /// Ours may be four times as far off as PyTorch in float32.
  private func check(
    _ ours: [Double], _ reference: [Double], _ exact: [Double], _ error: Double?, _ name: String
  ) {
    #expect(distance(reference, exact) <= 1e-9 * max(norm(exact), 1e-3), "\(name) of the reference")
    #expect(distance(ours, exact) <= 4 * (error ?? 0) + 1e-7 * norm(exact), "\(name)")
  }

  private func build(_ item: OperationCase, _ values: [String: Value], on tape: Tape) throws -> Value {
    func value(_ name: String) throws -> Value {
      guard let value = values[name] else { throw OperationCase.Missing(name) }
      return value
    }
    switch item.operation {
    case "conv2d":
      return tape.convolution(
        try value("x"), try value("weight"), values["bias"], stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "max-pool":
      return tape.maxPool(
        try value("x"), kernel: try item.extent("kernel"), stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "average-pool":
      return tape.averagePool(
        try value("x"), kernel: try item.extent("kernel"), stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "batch-norm":
      let channels = tape.shape(of: try value("weight"))
      return tape.batchNorm(
        try value("x"), gain: try value("weight"), bias: try value("bias"),
        runningMean: tape.buffer("mean", channels, start: 0),
        runningVariance: tape.buffer("variance", channels, start: 1), epsilon: try item.number("eps"),
        isFrozen: try !item.flag("training"))
    case "activation": return tape.activation(try value("x"), try item.activation())
    default:
      return tape.concatenation(values.keys.sorted().compactMap { values[$0] }, axis: Int(try item.number("axis")))
    }
  }
}
