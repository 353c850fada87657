public import DownhillBase

/// Layers that are fully connected.
///
///     x ← f(layers.i(x)), i < depth;  logits = layers.depth(x)
///
/// Hidden weights start as He has them, with tanh as Xavier has them; the head as Xavier; biases at 0.
public struct MLP: Model {
  public var inputs = 64
  public var classes = 10
  /// Hidden layers.
  public var depth = 2
  public var width = 256
  public var activation = ActivationKind.relu

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .inputs({ $0.inputs }, { $0.inputs = $1 }), .classes({ $0.classes }, { $0.classes = $1 }),
      .integer("depth", in: KnobRange(0, 1000), "Hidden layers.", { $0.depth }, { $0.depth = $1 }),
      .count("width", "Numbers in a hidden layer.", { $0.width }, { $0.width = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
    ]
  }

  public var input: ModelInput { .features(inputs) }
  public var output: ModelOutput { .classes(classes) }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    let start = activation == .tanh ? Initializer.xavierUniform(gain: 1) : .he
    var x = tape.flattened(input)
    for layer in 0..<depth { x = tape.linear("layers.\(layer)", x, width, start: start, activation: activation) }
    return tape.linear("layers.\(depth)", x, classes, .head, start: .xavierUniform(gain: 1))
  }
}
