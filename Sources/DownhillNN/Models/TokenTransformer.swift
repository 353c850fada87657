import DownhillBase

/// A decoder of tokens: what its forms have in common.
protocol TokenTransformer: Model {
  /// Blocks.
  var layers: Int { get set }
  /// Heads of attention, which divide the width.
  var heads: Int { get set }
  /// Numbers in a token's vector.
  var width: Int { get set }
  /// The longest sequence.
  var context: Int { get set }
  /// How many tokens there are.
  var vocabulary: Int { get set }
  /// Whether head and token table are one matrix.
  var isTied: Bool { get set }
  /// The share of numbers that drop out in training.
  var dropout: Double { get set }
}

extension TokenTransformer {
  public var input: ModelInput { .tokens(context: context, vocabulary: vocabulary) }
  public var output: ModelOutput { .classes(vocabulary) }
  public var conflict: StaticString? { headConflict }

  /// Why heads and width do not go together, if they do not.
  var headConflict: StaticString? { width % heads == 0 ? nil : "heads must divide width" }
}

extension Knob where Owner: TokenTransformer {
  static var sizes: [Self] {
    [
      .count("layers", atMost: 1000, "Blocks.", { $0.layers }, { $0.layers = $1 }),
      .count("heads", atMost: 1024, "Heads of attention.", { $0.heads }, { $0.heads = $1 }),
      .count("width", "Numbers in a token's vector.", { $0.width }, { $0.width = $1 }),
      .count("context", atMost: 1e6, "The longest sequence.", { $0.context }, { $0.context = $1 }),
      .count(
        "vocabulary", atMost: 1e7, "How many tokens there are; from the data.", { $0.vocabulary },
        { $0.vocabulary = $1 }),
    ]
  }

  static var tied: Self {
    .flag("tied", "Whether head and token table are one matrix.", { $0.isTied }, { $0.isTied = $1 })
  }

  static var dropout: Self {
    .number(
      "dropout", in: KnobRange(0, 1, excludesMaximum: true), "The share of numbers that drop out in training.",
      { $0.dropout }, { $0.dropout = $1 })
  }
}
