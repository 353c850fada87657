import DownhillBase
import DownhillNN
import Testing

extension OperationCase {
  func value(_ name: String, _ values: [String: Value]) throws -> Value {
    guard let value = values[name] else { throw Missing(name) }
    return value
  }

  /// The operation by kernels and by the plain reference beside what PyTorch makes.
  /// - Parameter build: Appends it to a tape, from the values of its inputs by name.
  func check(_ build: (_ values: [String: Value], _ tape: Tape) throws -> Value) throws {
    let names = inputs.keys.sorted().filter { gradients[$0] != nil }
    var handed = [String: Value]()
    var failure: (any Error)?
    var run = NetworkRun(above: gradientFromAbove?.values ?? [1]) { tape in
      var values = [String: Value]()
      for (name, input) in inputs {
        let shape = Shape(input.shape)
        if names.contains(name) { continue }
        values[name] = isWhole(name) ? tape.indices(name, shape) : tape.input(name, shape)
      }
      handed = values
      for name in names {
        values[name] = tape.parameter(name, Shape(inputs[name]?.shape ?? []), .hidden, start: .zeros)
      }
      do {
        return try build(values, tape)
      } catch {
        failure = error
        return tape.parameter("none", [1], .hidden, start: .zeros)
      }
    }
    if let failure { throw failure }
    for (place, name) in names.enumerated() { run.set(place, to: inputs[name]?.values ?? []) }
    for (name, value) in handed { hand(inputs[name]?.values ?? [], to: value, isWhole: isWhole(name), &run) }
    for (place, name) in ["mean", "variance"].enumerated() where operation == "batch-norm" {
      run.setBuffer(place, to: inputs[name]?.values ?? [])
    }
    run.run()
    compare(run.outputs, run.referenceOutputs, output.values, "output")
    for (place, name) in names.enumerated() {
      compare(run.gradient(of: place), run.referenceGradient(of: place), gradients[name]?.values ?? [], name)
    }
    for (place, name) in ["mean", "variance"].enumerated() {
      guard let changed = changed?[name] else { continue }
      compare(
        run.store.numbers(ofBuffer: place).map { Double($0) }, run.reference[run.reference.value(ofBuffer: place)],
        changed.values, name)
    }
  }

  private func isWhole(_ name: String) -> Bool {
    name == "tokens" || (name == "targets" && operation == "cross-entropy")
  }

  private func hand(_ numbers: [Double], to value: Value, isWhole: Bool, _ run: inout NetworkRun) {
    // Running statistics are no values: they go into buffers.
    guard operation != "batch-norm" else { return }
    if isWhole { return run.set(value, to: numbers.map { Int($0) }) }
    for (place, number) in numbers.enumerated() { run.program.numbers(of: value)[place] = Float(number) }
    run.reference[value] = numbers
  }

  /// Ours may be four times as far off as PyTorch in float32.
  private func compare(_ ours: [Double], _ reference: [Double], _ exact: [Double], _ name: String) {
    #expect(distance(reference, exact) <= 1e-9 * max(norm(exact), 1e-3), "\(name) of the reference")
    #expect(distance(ours, exact) <= 4 * (float32Errors[name] ?? 0) + 1e-7 * norm(exact), "\(name)")
  }
}
