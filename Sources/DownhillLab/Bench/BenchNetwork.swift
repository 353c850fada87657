import Downhill
import DownhillBase
import DownhillKernels
import DownhillNN

/// A model with its loss, weights as they start, and one batch that is drawn.
struct BenchNetwork {
  let program: Program
  let parameters: [Parameter]
  let tensors: [TensorPointers<Float>]
  /// Tokens, images or rows a step.
  let itemCount: Int
  let itemName: String

  init(_ model: any Model, batch: Int, on loop: TeamLoop) {
    let tape = Tape()
    let input: Value
    let vocabulary: Int?
    switch model.input {
    case .tokens(let context, let count):
      input = tape.indices("input", [batch, context])
      (vocabulary, itemCount, itemName) = (count, batch * context, "tokens")
    case .images(let channels, let size):
      input = tape.input("input", [batch, channels, size.rows, size.columns])
      (vocabulary, itemCount, itemName) = (nil, batch, "images")
    case .features(let count):
      input = tape.input("input", [batch, count])
      (vocabulary, itemCount, itemName) = (nil, batch, "rows")
    }
    let outputs = model.outputs(on: tape, input, seed: 0)
    let targets: Value
    let loss: Value
    switch model.output {
    case .classes(let classes):
      let rows = tape.shape(of: outputs).count / classes
      targets = tape.indices("targets", [rows])
      loss = tape.crossEntropy(tape.reshaped(outputs, [rows, classes]), targets)
    case .numbers:
      targets = tape.input("targets", tape.shape(of: outputs))
      loss = tape.squaredError(outputs, targets)
    }
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    program = Program(tape, store, mode: .training, loss: loss, on: loop)
    parameters = store.parameters.map { Parameter($0.name, $0.shape, role: $0.role) }
    tensors = store.parameters.indices.compactMap { place in
      guard let weights = store.weights(of: place).baseAddress, let gradient = store.gradient(of: place).baseAddress
      else { return nil }
      return TensorPointers(weights: weights, gradient: UnsafePointer(gradient))
    }
    if let vocabulary { draw(input, below: vocabulary, seed: 2) } else { draw(input, seed: 2) }
    if case .classes(let classes) = model.output {
      draw(targets, below: classes, seed: 3)
    } else {
      draw(targets, seed: 3)
    }
  }

  private func draw(_ value: Value, below count: Int, seed: UInt64) {
    let (numbers, random) = (program.indices(of: value), CounterRandom(seed: seed))
    for place in numbers.indices { numbers[place] = Int32(random.index(below: count, at: UInt64(place))) }
  }

  private func draw(_ value: Value, seed: UInt64) {
    let (numbers, random) = (program.numbers(of: value), CounterRandom(seed: seed))
    for place in numbers.indices { numbers[place] = Float(random.normal(at: UInt64(place))) }
  }
}
