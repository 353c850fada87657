import DownhillBase
import DownhillKernels
import DownhillNN

/// A network with its loss at work on batches of one size.
///
/// Its weights are a store's, which other passes may share: one trains, another evaluates.
final class NetworkPass {
  let program: Program
  let form: SampleForm
  private let network: ModelLoss

  /// What a pass is made for.
  struct Purpose {
    var mode = Program.Mode.evaluation
    /// Samples a batch.
    var batch: Int
    /// Whether samples count as `Batch.weights` says.
    var isWeighted = false
    /// The share of a target that is spread over all classes.
    var smoothing = 0.0
    /// Of the dropout.
    var seed: UInt64 = 0
  }

  /// - Parameters:
  ///   - spec: The model, which fits the form.
  ///   - form: What a sample is.
  ///   - purpose: What the pass is for.
  ///   - store: The weights; new ones, all zero, where nil.
  ///   - loop: The threads.
  init(
    _ spec: NetworkSpec, _ form: SampleForm, for purpose: Purpose, _ store: ParameterStore?, on loop: TeamLoop
  ) {
    let tape = Tape()
    network = ModelLoss(
      spec.model, on: tape, reading: Shape([purpose.batch] + form.inputShape.dimensions),
      isWeighted: purpose.isWeighted, smoothing: purpose.smoothing, seed: purpose.seed)
    self.form = form
    program = Program(
      tape, store ?? ParameterStore(tape), mode: purpose.mode, loss: network.loss, results: [network.outputs], on: loop)
  }

  var store: ParameterStore { program.store }

  /// Hands a batch of the pass's size to the program.
  func load(_ batch: Batch) {
    if batch.tokens.isEmpty {
      _ = program.numbers(of: network.input).update(from: batch.numbers)
    } else {
      _ = program.indices(of: network.input).update(from: batch.tokens)
    }
    if batch.classes.isEmpty {
      _ = program.numbers(of: network.targets).update(from: batch.targets)
    } else {
      _ = program.indices(of: network.targets).update(from: batch.classes)
    }
    if let weights = network.weights { _ = program.numbers(of: weights).update(from: batch.weights) }
  }

  /// Tokens to read without targets: [batch, time], in the order of rows.
  var tokens: UnsafeMutableBufferPointer<Int32> { program.indices(of: network.input) }

  /// Logits or predictions of the last forward pass: one row a sample, or a token.
  var results: UnsafeMutableBufferPointer<Float> { program.numbers(of: network.outputs) }
}
