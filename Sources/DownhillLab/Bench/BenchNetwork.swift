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
    let network = ModelLoss(model, on: tape, reading: model.input.shape(batch: batch))
    (itemCount, itemName) =
      switch model.input {
      case .tokens(let context, _): (batch * context, "tokens")
      case .images: (batch, "images")
      case .features: (batch, "rows")
      }
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    program = Program(tape, store, mode: .training, loss: network.loss, on: loop)
    parameters = store.parameters.map { Parameter($0) }
    tensors = store.tensors
    if case .tokens(_, let vocabulary) = model.input {
      draw(network.input, below: vocabulary, seed: 2)
    } else {
      draw(network.input, seed: 2)
    }
    if case .classes(let classes) = model.output {
      draw(network.targets, below: classes, seed: 3)
    } else {
      draw(network.targets, seed: 3)
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
