import DownhillBase
import DownhillKernels
import DownhillNN
import Testing

/// Products in bfloat16 beside references in Double.
///
/// Rounding to 8 bits moves a factor by at most 2⁻⁹ of it, hence a product of two by 2⁻⁸ at most; the roundings of many
/// terms are independent, so that a norm moves by less. A CPU without such products computes in float32, which passes too.
@Suite("Products in bfloat16")
struct BFloat16ProductTests {
  private static let has = ProductPrecision.bfloat16.isSupported
  private static let worst = 0x1p-8

  private func run(_ build: @escaping (Tape) -> Value) -> NetworkRun {
    var run = NetworkRun { tape in
      tape.productPrecision = .bfloat16
      return build(tape)
    }
    run.run()
    return run
  }

  @Test(
    "a linear layer is as near to its reference as rounding allows, and no nearer",
    arguments: [(1, 1, 1), (3, 5, 7), (16, 32, 48), (17, 33, 65), (64, 128, 31)], ActivationKind.allCases)
  func linear(sizes: (rows: Int, inner: Int, outer: Int), activation: ActivationKind) {
    let run = run { tape in
      let x = tape.parameter("x", [sizes.rows, sizes.inner], .hidden, start: .normal(deviation: 1))
      let w = tape.parameter("w", [sizes.outer, sizes.inner], .hidden, start: .normal(deviation: 0.3))
      return tape.linear(x, w, tape.parameter("b", [sizes.outer], .bias, start: .ones), activation: activation)
    }
    // A ReLU's mask may flip where its input is near 0, and a square's slope grows with it.
    let allowed = activation == .relu || activation == .relu2 ? 8 * Self.worst : 3 * Self.worst
    #expect(distance(run.outputs, run.referenceOutputs) <= allowed * max(norm(run.referenceOutputs), 0.1))
    for place in run.tape.parameters.indices {
      let exact = run.referenceGradient(of: place)
      #expect(distance(run.gradient(of: place), exact) <= allowed * max(norm(exact), 1), "\(place)")
    }
    if Self.has, sizes.rows > 1, activation == .identity {
      #expect(distance(run.outputs, run.referenceOutputs) > 1e-4 * norm(run.referenceOutputs))
      #expect(distance(run.gradient(of: 1), run.referenceGradient(of: 1)) > 1e-4 * norm(run.referenceGradient(of: 1)))
    }
  }

  @Test("factors are rounded to the nearest, ties to even")
  func rounding() {
    let values: [Float] = [
      1, 1.00390625, 1.01171875, -1.00390625, 1.0039063, 0, 3.3e38, -1e-30, 0.1, 1e-37, 255.5, 257,
    ]
    var run = NetworkRun { tape in
      tape.productPrecision = .bfloat16
      let x = tape.parameter("x", [values.count, 2], .hidden, start: .zeros)
      return tape.linear(x, tape.parameter("w", [1, 2], .hidden, start: .zeros))
    }
    run.set(0, to: values.flatMap { [Double($0), 0] })
    run.set(1, to: [1, 0])
    run.run()
    let expected = values.map { Double(Self.has ? BFloat16($0).wide : $0) }
    // What is below the least normal number may count as zero.
    for (found, expected) in zip(run.outputs, expected) { #expect((found - expected).magnitude < 1e-38) }
  }

  @Test("what one weight gets from two layers is added up")
  func tied() {
    let run = run { tape in
      let x = tape.parameter("x", [6, 16], .hidden, start: .normal(deviation: 1))
      let w = tape.parameter("w", [16, 16], .hidden, start: .normal(deviation: 0.3))
      return tape.linear(tape.linear(x, w), w)
    }
    for place in run.tape.parameters.indices {
      let exact = run.referenceGradient(of: place)
      #expect(distance(run.gradient(of: place), exact) <= 2 * Self.worst * norm(exact))
    }
  }

  @Test(
    "a convolution that Winograd's algorithm does not run", arguments: [(32, 48, 3, 2), (17, 16, 1, 1), (64, 64, 3, 1)])
  func convolution(sizes: (input: Int, output: Int, kernel: Int, stride: Int)) {
    let run = run { tape in
      let x = tape.parameter("x", [2, sizes.input, 9, 8], .hidden, start: .normal(deviation: 1))
      let shape: Shape = [sizes.output, sizes.input, sizes.kernel, sizes.kernel]
      let w = tape.parameter("w", shape, .convolution, start: .normal(deviation: 0.1))
      let y = tape.convolution(
        x, w, stride: Extent(sizes.stride, sizes.stride), padding: Extent(sizes.kernel / 2, sizes.kernel / 2))
      return y
    }
    #expect(distance(run.outputs, run.referenceOutputs) <= Self.worst * norm(run.referenceOutputs))
    for place in run.tape.parameters.indices {
      let exact = run.referenceGradient(of: place)
      #expect(distance(run.gradient(of: place), exact) <= 2 * Self.worst * norm(exact), "\(place)")
    }
    if Self.has { #expect(distance(run.outputs, run.referenceOutputs) > 1e-4 * norm(run.referenceOutputs)) }
  }

  @Test(
    "every model has the knob, and its loss is near that of float32", arguments: ["gpt:layers=2", "resnet20", "mlp"])
  func knob(name: String) throws {
    let losses = try ["f32", "bf16"].map { precision in
      let separator = name.contains(":") ? "," : ":"
      let spec = "\(name)\(separator)precision=\(precision)"
      let (entry, values) = try ModelEntry.parse(spec, among: ModelCatalogue.standard.entries, kind: "model")
      return try loss(entry.make(values))
    }
    #expect((losses[0] - losses[1]).magnitude < 0.02 * losses[0])
    #expect((losses[0] != losses[1]) == Self.has)
  }

  private func loss(_ model: any Model) throws -> Double {
    let tape = Tape()
    let network = ModelLoss(model, on: tape, reading: model.input.shape(batch: 4))
    let input = network.input
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    let program = Program(tape, store, mode: .training, loss: network.loss, on: .team)
    if case .tokens(_, let vocabulary) = model.input {
      for place in program.indices(of: input).indices {
        program.indices(of: input)[place] = Int32(place * 7 % vocabulary)
      }
    } else {
      let random = CounterRandom(seed: 2)
      for place in program.numbers(of: input).indices {
        program.numbers(of: input)[place] = Float(random.normal(at: UInt64(place)))
      }
    }
    return Double(program.forward())
  }
}
