public import DownhillBase

/// A residual network with torchvision's names and initialisation.
///
///     x = f(norm(convolution(image)))
///     x ← f(block(x) + shortcut(x))         block by block, stage by stage
///     logits = fc(mean over rows and columns of x)
///
/// He et al. 2016, *Deep Residual Learning for Image Recognition*, arXiv:1512.03385. Convolutions start normally with
/// variance 2/fan-out (He), gains at 1; the head uniformly in ±1/√fan-in, PyTorch's default.
public struct ResNet: Model {
  /// How images come in.
  public enum Stem: KnobChoice {
    /// 3×3: for images of 32×32.
    case cifar
    /// 7×7 with stride 2, then max-pooling: for images of 224×224.
    case imagenet

    /// Its spelling on the command line.
    public var knobName: StaticString {
      switch self {
      case .cifar: "cifar"
      case .imagenet: "imagenet"
      }
    }
  }

  /// Blocks in each stage.
  public var blocks = [2, 2, 2, 2]
  /// Whether a block is 1×1, 3×3, 1×1 in place of 3×3, 3×3.
  public var isBottleneck = false
  public var channels = 3
  public var classes = 10
  /// Channels of the first stage.
  public var width = 64
  public var stem = Stem.cifar
  /// Whether blocks have shortcuts.
  public var hasShortcuts = true
  public var activation = ActivationKind.relu

  /// `resnet18`.
  public init() {}

  public init(blocks: [Int], isBottleneck: Bool = false, width: Int = 64) {
    (self.blocks, self.isBottleneck, self.width) = (blocks, isBottleneck, width)
  }

  public static var knobs: [Knob<Self>] {
    [
      .channels({ $0.channels }, { $0.channels = $1 }), .classes({ $0.classes }, { $0.classes = $1 }),
      .choice(
        "stem", "How images come in: 3×3 for small ones, 7×7 with stride 2 and max-pooling for large ones.",
        { $0.stem }, { $0.stem = $1 }),
      .flag("skip", "Whether blocks have shortcuts.", { $0.hasShortcuts }, { $0.hasShortcuts = $1 }),
      .count("width", atMost: 4096, "Channels of the first stage.", { $0.width }, { $0.width = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
    ]
  }

  public var input: ModelInput { .images(channels: channels, size: stem == .cifar ? 32 : 224) }
  public var output: ModelOutput { .classes(classes) }

  /// Logits, [batch, classes], of images of any size.
  public func outputs(on tape: Tape, _ images: Value, seed: UInt64) -> Value {
    var x = convolution(
      "conv1", images, width, kernel: stem == .cifar ? 3 : 7, stride: stem == .cifar ? 1 : 2, on: tape)
    x = tape.batchNorm("bn1", x, activation: activation)
    if stem == .imagenet { x = tape.maxPool(x, kernel: 3, stride: 2, padding: 1) }
    for (stage, count) in blocks.enumerated() {
      for block in 0..<count {
        let name = "layer\(stage + 1).\(block)"
        let (channels, stride) = (width << stage, stage > 0 && block == 0 ? 2 : 1)
        x =
          isBottleneck
          ? bottleneck(name, x, channels, stride: stride, on: tape)
          : basicBlock(name, x, channels, stride: stride, on: tape)
      }
    }
    x = tape.globalAverage(x)
    let bound = 1 / Double(tape.shape(of: x).columns).squareRoot()
    return tape.linear("fc", x, classes, .head, start: .uniform(bound: bound), bias: .uniform(bound: bound))
  }

  private func basicBlock(_ name: String, _ input: Value, _ channels: Int, stride: Int, on tape: Tape) -> Value {
    var x = convolution("\(name).conv1", input, channels, kernel: 3, stride: stride, on: tape)
    x = tape.batchNorm("\(name).bn1", x, activation: activation)
    x = convolution("\(name).conv2", x, channels, kernel: 3, on: tape)
    return joined(name, "\(name).bn2", x, input, stride: stride, on: tape)
  }

  private func bottleneck(_ name: String, _ input: Value, _ channels: Int, stride: Int, on tape: Tape) -> Value {
    var x = convolution("\(name).conv1", input, channels, kernel: 1, on: tape)
    x = tape.batchNorm("\(name).bn1", x, activation: activation)
    x = convolution("\(name).conv2", x, channels, kernel: 3, stride: stride, on: tape)
    x = tape.batchNorm("\(name).bn2", x, activation: activation)
    x = convolution("\(name).conv3", x, 4 * channels, kernel: 1, on: tape)
    return joined(name, "\(name).bn3", x, input, stride: stride, on: tape)
  }

  /// The block's last norm, the shortcut and the activation. The norm's parameters come before the shortcut's, as
  /// PyTorch lists them.
  private func joined(
    _ name: String, _ norm: String, _ x: Value, _ input: Value, stride: Int, on tape: Tape
  ) -> Value {
    guard hasShortcuts else { return tape.batchNorm(norm, x, activation: activation) }
    tape.declareBatchNorm(norm, channels: tape.shape(of: x).dimensions[1])
    var shortcut = input
    if tape.shape(of: x) != tape.shape(of: input) {
      shortcut = convolution(
        "\(name).downsample.0", input, tape.shape(of: x).dimensions[1], kernel: 1, stride: stride, on: tape)
      shortcut = tape.batchNorm("\(name).downsample.1", shortcut)
    }
    return tape.batchNorm(norm, x, residual: shortcut, activation: activation)
  }

  private func convolution(
    _ name: String, _ x: Value, _ channels: Int, kernel: Int, stride: Int = 1, on tape: Tape
  ) -> Value {
    tape.convolution(
      name, x, channels, kernel: Extent(kernel, kernel), stride: Extent(stride, stride),
      padding: Extent(kernel / 2, kernel / 2), start: .heNormal(fan: .fanOut, gain: 2.0.squareRoot()))
  }
}
