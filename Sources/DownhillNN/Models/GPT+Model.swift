public import DownhillBase

extension GPT: Model, TokenTransformer {
  public static var knobs: [Knob<Self>] {
    Knob.sizes + [
      .flag("bias", "Whether linear layers and norms have biases.", { $0.hasBias }, { $0.hasBias = $1 }), .tied,
      .activation({ $0.activation }, { $0.activation = $1 }), .dropout,
    ]
  }

  /// Logits of every token, [batch, time, vocabulary].
  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value { logits(on: tape, input, seed: seed) }
}
