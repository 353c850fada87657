public import DownhillBase

extension GPTModern {
  public static var knobs: [Knob<Self>] {
    Knob.sizes + [
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
      .tied, .dropout,
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
