public import DownhillBase

/// A transformer over the patches of an image, with timm's names.
///
///     x = [cls_token, patch_embed(image)] + pos_embed
///     x ← x + proj(attention(norm1(x))),  x ← x + fc2(f(fc1(norm2(x))))      block by block
///     logits = head(norm(x)[0])
///
/// Dosovitskiy et al. 2021, arXiv:2010.11929; its smallest form is that of Touvron et al. 2021, arXiv:2012.12877. Weights
/// start normally with deviation 0.02, the class token with 1e-6, the patches' uniformly in ±1/√fan-in, biases at 0.
public struct VisionTransformer: Model, PatchModel {
  public var channels = 3
  public var size: Extent = 32
  public var patch = 4
  public var classes = 10
  public var width = 192
  public var layers = 12
  public var heads = 3
  /// Hidden width of the MLPs.
  public var mlp = 768
  public var activation = ActivationKind.gelu

  public init() {}

  public static var knobs: [Knob<Self>] {
    Knob.images + [
      .count("width", "Numbers in a token.", { $0.width }, { $0.width = $1 }),
      .count("layers", atMost: 1000, "Blocks.", { $0.layers }, { $0.layers = $1 }),
      .count("heads", atMost: 1024, "Heads of attention.", { $0.heads }, { $0.heads = $1 }),
      .count("mlp", "Hidden width of the MLPs.", { $0.mlp }, { $0.mlp = $1 }),
      .activation({ $0.activation }, { $0.activation = $1 }),
    ]
  }

  public var conflict: StaticString? {
    if let patchConflict { return patchConflict }
    return width % heads == 0 ? nil : "heads must divide width"
  }

  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    let small = Initializer.normal(deviation: 0.02)
    let batch = tape.shape(of: input).rows
    let tokens = tape.shape(of: input).count / (batch * channels * patch * patch) + 1
    let first = tape.parameter("cls_token", [1, 1, width], .embedding, start: .normal(deviation: 1e-6))
    let positions = tape.parameter("pos_embed", [1, tokens, width], .embedding, start: small)
    let bound = Initializer.uniform(bound: 1 / Double(channels * patch * patch).squareRoot())
    var x = tape.patchEmbedding("patch_embed.proj", input, patch, width, start: bound, bias: bound)
    x = tape.concatenation([tape.repeated(first, batch), x], axis: 1)
    x = tape.add(x, tape.repeated(positions, batch))
    for layer in 0..<layers { x = block("blocks.\(layer)", x, small, on: tape) }
    x = tape.layerNorm("norm", x, epsilon: 1e-6)
    return tape.linear("head", tape.token(0, of: x), classes, .head, start: small)
  }

  private func block(_ name: String, _ input: Value, _ start: Initializer, on tape: Tape) -> Value {
    var y = tape.layerNorm("\(name).norm1", input, epsilon: 1e-6)
    y = tape.linear("\(name).attn.qkv", y, 3 * width, start: start)
    y = tape.attention(y, heads: heads, isCausal: false)
    y = tape.linear("\(name).attn.proj", y, width, start: start)
    let x = tape.add(input, y)
    y = tape.layerNorm("\(name).norm2", x, epsilon: 1e-6)
    y = tape.linear("\(name).mlp.fc1", y, mlp, start: start, activation: activation)
    y = tape.linear("\(name).mlp.fc2", y, width, start: start)
    return tape.add(x, y)
  }
}
