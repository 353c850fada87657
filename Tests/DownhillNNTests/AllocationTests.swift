import Downhill
import DownhillBase
import DownhillKernels
import DownhillNN
import TestSupport
import Testing

/// No step allocates after the second: what oneDNN and the OpenMP runtime do for themselves is not counted.
@Suite("Allocations of a training step")
struct AllocationTests {
  static let specs = [
    "gpt:layers=2,dropout=0.1,bias=true", "gpt:layers=1,precision=bf16", "gpt-modern:layers=1", "resnet8",
    "resnet8:precision=bf16", "cnn", "mlp", "vit-tiny:layers=1", "mlp-mixer:layers=1", "linear-regression",
    // More parameters in one group than the stack has room for.
    "mlp:width=8,depth=70",
  ]

  /// Without optimisation the compiler itself allocates for closures and existential values.
  @Test("there are none", .enabled(if: !_isDebugAssertConfiguration()), arguments: specs, [1, 2])
  func none(spec: String, threads: Int) throws {
    let (entry, values) = try ModelEntry.parse(spec, among: ModelCatalogue.standard.entries, kind: "model")
    let model = entry.make(values)
    let tape = Tape()
    let network = ModelLoss(model, on: tape, reading: model.input.shape(batch: 2))
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    let loop = TeamLoop(workerCount: threads)
    let program = Program(tape, store, mode: .training, loss: network.loss, on: loop)
    let parameters = store.parameters.map { Parameter($0.name, $0.shape, role: $0.role) }
    let plan = try OptimizerPlan(
      ["role=gain|bias: adamw:weight-decay=0"], rest: "clip:norm=1/adamw", from: .elementwise)
    var optimizer = GroupedOptimizer<Float>(plan, for: parameters, on: loop, with: .accelerated)
    let tensors = store.parameters.indices.compactMap { place in
      store.weights(of: place).baseAddress.flatMap { weights in
        store.gradient(of: place).baseAddress.map { TensorPointers(weights: weights, gradient: UnsafePointer($0)) }
      }
    }
    tensors.withUnsafeBufferPointer { tensors in
      var step: UInt64 = 0
      func take() {
        program.forward(step: step)
        program.backward()
        optimizer.update(tensors)
        step += 1
      }
      take()
      take()
      guard let count = AllocationCounter.count({ for _ in 0..<3 { take() } }) else { return }
      #expect(count == 0)
    }
  }
}
