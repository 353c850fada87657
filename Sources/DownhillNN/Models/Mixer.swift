public import DownhillBase

/// MLPs along the patches of an image and along their channels in turn, with timm's names.
///
///     x ← x + mlp_tokens(norm1(x)ᵀ)ᵀ,  x ← x + mlp_channels(norm2(x))      block by block
///     logits = head(mean over the patches of norm(x))
///
/// Tolstikhin et al. 2021, *MLP-Mixer*, arXiv:2105.01601. The patches' weights start normally with variance 1/fan-in,
/// cut at two deviations (LeCun), the MLPs' as Xavier has them with biases of deviation 1e-6, the head at 0.
public struct Mixer: Model, PatchModel {
  public var channels = 3
  public var size: Extent = 32
  public var patch = 4
  public var classes = 10
  public var width = 128
  public var layers = 8
  /// Hidden width of the MLPs across patches.
  public var tokens = 64
  /// Hidden width of the MLPs across channels.
  public var mlp = 512
  public var activation = ActivationKind.gelu

  public init() {}

  public static var knobs: [Knob<Self>] {
    Knob.images + [
      .count("width", "Numbers in a patch's vector.", { $0.width }, { $0.width = $1 }),
      .count("layers", atMost: 1000, "Blocks.", { $0.layers }, { $0.layers = $1 }),
      .count("tokens", "Hidden width of the MLPs across patches.", { $0.tokens }, { $0.tokens = $1 }),
      .count("mlp", "Hidden width of the MLPs across channels.", { $0.mlp }, { $0.mlp = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
    ]
  }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    // A normal distribution that is cut at two deviations has 0.87962566 of its own deviation.
    let deviation = 1 / Double(channels * patch * patch).squareRoot() / 0.879_625_66
    var x = tape.patchEmbedding(
      "stem.proj", input, patch, width, start: .truncatedNormal(deviation: deviation, cut: 2), bias: .zeros)
    for layer in 0..<layers { x = block("blocks.\(layer)", x, on: tape) }
    x = tape.tokenMean(tape.layerNorm("norm", x, epsilon: 1e-6))
    return tape.linear("head", x, classes, .head, start: .zeros)
  }

  private func block(_ name: String, _ input: Value, on tape: Tape) -> Value {
    var y = tape.transposed(tape.layerNorm("\(name).norm1", input, epsilon: 1e-6))
    y = perceptron("\(name).mlp_tokens", y, tokens, on: tape)
    let x = tape.add(input, tape.transposed(y))
    return tape.add(
      x, perceptron("\(name).mlp_channels", tape.layerNorm("\(name).norm2", x, epsilon: 1e-6), mlp, on: tape))
  }

  private func perceptron(_ name: String, _ x: Value, _ hidden: Int, on tape: Tape) -> Value {
    let (width, small) = (tape.shape(of: x).dimensions.last ?? 1, Initializer.normal(deviation: 1e-6))
    let xavier = Initializer.xavierUniform(gain: 1)
    let y = tape.linear("\(name).fc1", x, hidden, start: xavier, bias: small, activation: activation)
    return tape.linear("\(name).fc2", y, width, start: xavier, bias: small)
  }
}
