public import DownhillBase

/// y = x·Wᵀ + b, all zero at the start.
public struct LinearRegression: Model {
  public var inputs = 10
  public var outputs = 1

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .inputs({ $0.inputs }, { $0.inputs = $1 }),
      .count("outputs", "How many numbers are predicted; from the data.", { $0.outputs }, { $0.outputs = $1 }),
    ]
  }

  public var input: ModelInput { .features(inputs) }
  public var output: ModelOutput { .numbers(outputs) }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    tape.linear("linear", tape.flattened(input), outputs, .head, start: .zeros)
  }
}

/// Logits x·Wᵀ + b, all zero at the start.
public struct SoftmaxRegression: Model {
  public var inputs = 64
  public var classes = 10

  public init() {}

  public static var knobs: [Knob<Self>] {
    [.inputs({ $0.inputs }, { $0.inputs = $1 }), .classes({ $0.classes }, { $0.classes = $1 })]
  }

  public var input: ModelInput { .features(inputs) }
  public var output: ModelOutput { .classes(classes) }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    tape.linear("linear", tape.flattened(input), classes, .head, start: .zeros)
  }
}
