import DownhillBase
import DownhillNN
import Testing

/// A network of one operation or a few, whose parameters are its inputs: kernels beside the plain references, and those
/// beside finite differences.
struct OperationNetwork: Sendable, CustomTestStringConvertible {
  /// What is handed in as whole numbers.
  typealias Indices = [(value: Value, numbers: [Int])]

  let testDescription: String
  let build: @Sendable (Tape, inout Indices) -> Value

  init(_ name: String, _ build: @escaping @Sendable (Tape) -> Value) {
    testDescription = name
    self.build = { tape, _ in build(tape) }
  }

  init(_ name: String, indices build: @escaping @Sendable (Tape, inout Indices) -> Value) {
    testDescription = name
    self.build = build
  }

  static func drawn(_ tape: Tape, _ name: String, _ shape: Shape) -> Value {
    tape.parameter(name, shape, .hidden, start: .normal(deviation: 1))
  }

  private func made() -> NetworkRun {
    var indices = Indices()
    var run = NetworkRun { build($0, &indices) }
    for (value, numbers) in indices { run.set(value, to: numbers) }
    return run
  }

  func checkKernels() {
    var run = made()
    run.run()
    #expect(distance(run.outputs, run.referenceOutputs) <= 4e-6 * norm(run.referenceOutputs))
    for (place, parameter) in run.tape.parameters.enumerated() {
      let exact = run.referenceGradient(of: place)
      // A norm's own gradient cancels against its inputs'.
      #expect(distance(run.gradient(of: place), exact) <= 1e-5 * max(norm(exact), 0.1), "\(parameter.name)")
    }
  }

  func checkDifferences() {
    var run = made()
    run.reference.forward()
    run.reference.backward()
    for (place, parameter) in run.tape.parameters.enumerated() {
      #expect(run.differenceError(of: place) < 1e-5, "\(parameter.name)")
    }
  }
}
