import DownhillBase
import DownhillKernels
import DownhillNN
import Testing

/// Second derivatives by differences of gradients beside PyTorch, which differentiates twice in float64.
struct HessianVectorProductTests {
  static let names = NetworkTrace.names.filter { (try? NetworkTrace($0).names("curvatures/").isEmpty) == false }

  @Test func thereAreTraces() { #expect(Self.names.count == 11) }

  @Test(arguments: names)
  func matchesTheTwin(_ name: String) throws {
    let trace = try NetworkTrace(name)
    let tape = Tape()
    let network = try trace.build(on: tape)
    let direction = try tape.parameters.flatMap { try trace.numbers("directions/\($0.name)") }
    let exact = try tape.parameters.flatMap { try trace.numbers("curvatures/\($0.name)") }

    var reference = ReferenceProgram(tape, mode: .training, loss: network.loss)
    try trace.fill(&reference, tape, network)
    #expect(distance(reference.hessianVectorProduct(direction), exact) <= 2e-10 * norm(exact))

    let program = try program(trace, tape, network)
    let before = bits(program.store)
    for (scheme, allowed) in [(GradientDifference.fourthOrder, 5e-4), (.secondOrder, 5e-4)] {
      let (product, method) = HessianVectorProduct(of: program, by: scheme)(direction.map { Float($0) })
      #expect(distance(product.map { Double($0) }, exact) <= allowed * norm(exact), "\(method)")
      #expect(method.description.contains("central difference of gradients, \(scheme.rawValue), step 0.0"))
      #expect(bits(program.store) == before, "weights and statistics stay")
    }
    // Along single coordinates.
    for place in [0, direction.count / 3, direction.count - 1] {
      let one = direction.indices.map { $0 == place ? 1.0 : 0 }
      let exact = reference.hessianVectorProduct(one)
      let (product, _) = HessianVectorProduct(of: program)(one.map { Float($0) })
      #expect(distance(product.map { Double($0) }, exact) <= 2e-3 * norm(exact) + 1e-6, "\(place)")
    }
    let zeros = [Float](repeating: 0, count: direction.count)
    #expect(HessianVectorProduct(of: program)(zeros).product == zeros)
  }

  /// The closed forms: 2/n·X̃ᵀX̃ row by row, and 1/n·X̃ᵀ(diag p − p·pᵀ)X̃.
  @Test(arguments: ["linear-regression", "softmax-regression"])
  func matchesTheClosedForm(_ name: String) throws {
    let trace = try NetworkTrace(name)
    let tape = Tape()
    let network = try trace.build(on: tape)
    var reference = ReferenceProgram(tape, mode: .training, loss: network.loss)
    try trace.fill(&reference, tape, network)
    reference.forward()
    let (made, features) = (tape.shape(of: network.outputs).columns, tape.shape(of: network.input).columns)
    let classes = try trace.numbers("targets@0")
    let direction = try tape.parameters.flatMap { try trace.numbers("directions/\($0.name)") }
    var exact = [Double](repeating: 0, count: direction.count)
    let isClassified = trace.isWhole("targets@0")
    let rows = (0..<tape.shape(of: network.input).rows).filter { !isClassified || classes[$0] >= 0 }
    let count = Double(isClassified ? rows.count : rows.count * made)
    for row in rows {
      let x = reference[network.input][row * features..<(row + 1) * features] + [1]
      // Bias and weights of an output, side by side.
      let places = (0..<made).map { k in (0..<features).map { k * features + $0 } + [made * features + k] }
      let moved = places.map { zip(x, $0).reduce(0) { $0 + $1.0 * direction[$1.1] } }
      let powers = (0..<made).map { Elementary.exp(reference[network.outputs][row * made + $0]) }
      let p = powers.map { $0 / powers.reduce(0, +) }
      let mean = zip(p, moved).reduce(0) { $0 + $1.0 * $1.1 }
      for k in 0..<made {
        let factor = isClassified ? p[k] * (moved[k] - mean) : 2 * moved[k]
        for (place, value) in zip(places[k], x) { exact[place] += factor * value / count }
      }
    }
    #expect(distance(reference.hessianVectorProduct(direction), exact) <= 1e-11 * norm(exact))
    let program = try program(trace, tape, network)
    let (product, _) = HessianVectorProduct(of: program)(direction.map { Float($0) })
    #expect(distance(product.map { Double($0) }, exact) <= 1e-4 * norm(exact))
  }

  /// At the network's start all weights are zero, which gives the step no size.
  @Test func zeroWeightsHaveCurvature() throws {
    let tape = Tape()
    let x = tape.input("x", [4, 3])
    let loss = tape.squaredError(LinearRegression().outputs(on: tape, x, seed: 0), tape.input("y", [4, 1]))
    let program = Program(tape, ParameterStore(tape), mode: .training, loss: loss, on: .team)
    let inputs = (0..<12).map { Float($0 % 5) - 2 }
    _ = program.numbers(of: x).update(from: inputs)
    let (product, _) = HessianVectorProduct(of: program)([0, 0, 0, 1])
    // The bias alone: ½·Σx and 2.
    var sums = [0.0, 0, 0]
    for (place, value) in inputs.enumerated() { sums[place % 3] += Double(value) / 2 }
    #expect(distance(product.map { Double($0) }, sums + [2]) < 1e-5)
  }

  private func program(_ trace: NetworkTrace, _ tape: Tape, _ network: ModelLoss) throws -> Program {
    let program = Program(tape, ParameterStore(tape), mode: .training, loss: network.loss, on: .team)
    try trace.load(into: program.store)
    try trace.fill(program, network.input, "inputs@0")
    try trace.fill(program, network.targets, "targets@0")
    return program
  }

  private func bits(_ store: ParameterStore) -> [UInt32] {
    store.parameters.indices.flatMap { store.weights(of: $0).map(\.bitPattern) }
      + store.buffers.indices.flatMap { store.numbers(ofBuffer: $0).map(\.bitPattern) }
  }
}
