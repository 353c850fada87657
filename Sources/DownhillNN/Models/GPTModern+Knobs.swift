public import DownhillBase

extension GPTModern {
  public static var knobs: [Knob<Self>] {
    [
      .count("layers", atMost: 1000, "Blocks.", { $0.layers }, { $0.layers = $1 }),
      .count("heads", atMost: 1024, "Heads of attention.", { $0.heads }, { $0.heads = $1 }),
      .count("width", "Numbers in a token's vector.", { $0.width }, { $0.width = $1 }),
      .count("context", atMost: 1e6, "The longest sequence.", { $0.context }, { $0.context = $1 }),
      .count(
        "vocabulary", atMost: 1e7, "How many tokens there are; from the data.", { $0.vocabulary },
        { $0.vocabulary = $1 }),
      .choice("mlp", "What stands between the two matrices of an MLP.", { $0.mlp }, { $0.mlp = $1 }),
      .integer(
        "hidden", in: KnobRange(0, 65_536),
        "Hidden width of the MLPs; 0 is 4·width for relu2, 8·width/3 up to a multiple of 16 for swiglu.",
        { $0.hidden }, { $0.hidden = $1 }),
      .flag(
        "qk-norm", "Whether queries and keys are normalised, each head by itself.", { $0.normalizesQueriesAndKeys },
        { $0.normalizesQueriesAndKeys = $1 }),
      .number(
        "theta", in: KnobRange(1, 1e12), "The base of the rotary positions' angles.", { $0.theta },
        { $0.theta = $1 }),
      .flag("tied", "Whether head and token table are one matrix.", { $0.isTied }, { $0.isTied = $1 }),
      .number(
        "dropout", in: KnobRange(0, 1, excludesMaximum: true), "The share of numbers that drop out in training.",
        { $0.dropout }, { $0.dropout = $1 }),
    ]
  }
}

extension GPTModern.Perceptron: KnobChoice {
  /// Its spelling on the command line.
  public var knobName: StaticString {
    switch self {
    case .swiglu: "swiglu"
    case .relu2: "relu2"
    }
  }
}
