public import DownhillBase

extension GPT: Model {
  public static var knobs: [Knob<Self>] {
    [
      .count("layers", atMost: 1000, "Blocks.", { $0.layers }, { $0.layers = $1 }),
      .count("heads", atMost: 1024, "Heads of attention.", { $0.heads }, { $0.heads = $1 }),
      .count("width", "Numbers in a token's vector.", { $0.width }, { $0.width = $1 }),
      .count("context", atMost: 1e6, "The longest sequence.", { $0.context }, { $0.context = $1 }),
      .count(
        "vocabulary", atMost: 1e7, "How many tokens there are; from the data.", { $0.vocabulary },
        { $0.vocabulary = $1 }),
      .flag("bias", "Whether linear layers and norms have biases.", { $0.hasBias }, { $0.hasBias = $1 }),
      .flag("tied", "Whether head and token table are one matrix.", { $0.isTied }, { $0.isTied = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
      .number(
        "dropout", in: KnobRange(0, 1, excludesMaximum: true), "The share of numbers that drop out in training.",
        { $0.dropout }, { $0.dropout = $1 }),
    ]
  }

  public var conflict: StaticString? { width % heads == 0 ? nil : "heads must divide width" }

  public var input: ModelInput { .tokens(context: context, vocabulary: vocabulary) }
  public var output: ModelOutput { .classes(vocabulary) }

  /// Logits of every token, [batch, time, vocabulary].
  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value { logits(on: tape, input, seed: seed) }
}
