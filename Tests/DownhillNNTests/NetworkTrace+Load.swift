import DownhillNN

extension NetworkTrace {
  /// Weights and running statistics before the first step.
  func load(into store: ParameterStore) throws {
    for (place, parameter) in store.parameters.enumerated() {
      for (i, value) in try numbers("weights/\(parameter.name)").enumerated() {
        store.weights(of: place)[i] = Float(value)
      }
    }
    for (place, buffer) in store.buffers.enumerated() {
      for (i, value) in try numbers("buffers/\(buffer.name)").enumerated() {
        store.numbers(ofBuffer: place)[i] = Float(value)
      }
    }
  }

  func fill(_ program: Program, _ value: Value, _ name: String) throws {
    for (place, number) in try numbers(name).enumerated() {
      if isWhole(name) {
        program.indices(of: value)[place] = Int32(number)
      } else {
        program.numbers(of: value)[place] = Float(number)
      }
    }
  }

  /// All of the first step.
  func fill(_ reference: inout ReferenceProgram, _ tape: Tape, _ network: ModelLoss) throws {
    for (place, parameter) in tape.parameters.enumerated() {
      reference[reference.value(of: place)] = try numbers("weights/\(parameter.name)")
    }
    for (place, buffer) in tape.buffers.enumerated() {
      reference[reference.value(ofBuffer: place)] = try numbers("buffers/\(buffer.name)")
    }
    for (value, name) in [(network.input, "inputs@0"), (network.targets, "targets@0")] {
      let numbers = try numbers(name)
      if isWhole(name) { reference.set(value, to: numbers.map { Int($0) }) } else { reference[value] = numbers }
    }
  }
}
