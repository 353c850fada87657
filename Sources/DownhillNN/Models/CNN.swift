public import DownhillBase

/// Two convolutions, each with max-pooling, then two layers that are fully connected; named as in PyTorch's example for
/// MNIST.
///
///     x ← pool(f(conv1(x))),  x ← pool(f(conv2(x))),  logits = fc2(f(fc1(x)))
///
/// Weights start as He has them, the head as Xavier; biases at 0.
public struct CNN: Model {
  public var channels = 3
  public var size: Extent = 32
  public var classes = 10
  /// Channels of the first convolution; the second has twice as many.
  public var width = 32
  /// Numbers between the fully connected layers.
  public var hidden = 128
  public var activation = ActivationKind.relu

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .channels({ $0.channels }, { $0.channels = $1 }), .size({ $0.size }, { $0.size = $1 }),
      .classes({ $0.classes }, { $0.classes = $1 }),
      .count(
        "width", atMost: 4096, "Channels of the first convolution; the second has twice as many.", { $0.width },
        { $0.width = $1 }),
      .count("hidden", "Numbers between the fully connected layers.", { $0.hidden }, { $0.hidden = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
    ]
  }

  public var conflict: StaticString? {
    size.rows < 4 || size.columns < 4 ? "size must be at least 4: the image is halved twice" : nil
  }

  public var input: ModelInput { .images(channels: channels, size: size) }
  public var output: ModelOutput { .classes(classes) }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    var x = input
    for (name, channels) in [("conv1", width), ("conv2", 2 * width)] {
      x = tape.convolution(name, x, channels, kernel: 3, padding: 1, start: .he, bias: .zeros)
      x = tape.maxPool(tape.activation(x, activation), kernel: 2, stride: 2)
    }
    x = tape.linear("fc1", tape.flattened(x), hidden, start: .he, activation: activation)
    return tape.linear("fc2", x, classes, .head, start: .xavierUniform(gain: 1))
  }
}
