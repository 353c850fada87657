import DownhillBase

/// A decoder of tokens in GPT-2's shape, with nanoGPT's names.
///
///     x = wte[token] + wpe[position]
///     x ← x + c_proj(attention(c_attn(ln_1(x)))),  x ← x + c_proj(f(c_fc(ln_2(x))))      layer by layer
///     logits = lm_head(ln_f(x))
///
/// Radford et al. 2019, *Language Models are Unsupervised Multitask Learners*. Initialised normally with deviation 0.02,
/// the projections into the residual stream with 0.02/√(2·layers).
public struct GPT: Sendable {
  public var layers = 4
  public var heads = 4
  public var width = 128
  public var context = 64
  public var vocabulary = 65
  /// Whether linear layers and norms have biases; the head has none.
  public var hasBias = false
  /// Whether head and token table are one matrix.
  public var isTied = true
  public var activation = ActivationKind.gelu
  public var dropout = 0.0

  public init() {}

  /// Six layers of width 384 over 256 tokens.
  public static var bench: GPT {
    var model = GPT()
    (model.layers, model.heads, model.width, model.context) = (6, 6, 384, 256)
    return model
  }

  /// GPT-2's smallest form: 124,439,808 weights.
  public static var gpt2: GPT {
    var model = GPT()
    (model.layers, model.heads, model.width, model.context, model.vocabulary) = (12, 12, 768, 1024, 50_257)
    (model.hasBias, model.activation) = (true, .geluTanh)
    return model
  }

  /// Appends the network.
  /// - Parameters:
  ///   - tape: What it is appended to.
  ///   - tokens: [batch, length], length at most `context`.
  ///   - seed: Of the dropout.
  /// - Returns: Logits, [batch, length, vocabulary].
  public func logits(on tape: Tape, _ tokens: Value, seed: UInt64 = 0) -> Value {
    let table = tape.parameter(
      "transformer.wte.weight", [vocabulary, width], .embedding, start: .normal(deviation: 0.02))
    let positions = tape.parameter(
      "transformer.wpe.weight", [context, width], .embedding, start: .normal(deviation: 0.02))
    var x = tape.embedding(tokens, table, positions: positions)
    x = tape.dropout(x, probability: dropout, seed: seed)
    for layer in 0..<layers { x = block("transformer.h.\(layer)", x, on: tape, seed: seed) }
    x = norm("transformer.ln_f", x, on: tape)
    let head =
      isTied
      ? table : tape.parameter("lm_head.weight", [vocabulary, width], .head, start: .normal(deviation: 0.02))
    return tape.linear(x, head)
  }

  private func block(_ name: String, _ input: Value, on tape: Tape, seed: UInt64) -> Value {
    let scaled = Initializer.normal(deviation: 0.02 / Double(2 * layers).squareRoot())
    var y = norm("\(name).ln_1", input, on: tape)
    y = linear("\(name).attn.c_attn", y, 3 * width, .normal(deviation: 0.02), on: tape)
    y = tape.attention(y, heads: heads)
    y = linear("\(name).attn.c_proj", y, width, scaled, on: tape)
    let x = tape.add(input, tape.dropout(y, probability: dropout, seed: seed))
    y = norm("\(name).ln_2", x, on: tape)
    y = linear("\(name).mlp.c_fc", y, 4 * width, .normal(deviation: 0.02), activation: activation, on: tape)
    y = linear("\(name).mlp.c_proj", y, width, scaled, on: tape)
    return tape.add(x, tape.dropout(y, probability: dropout, seed: seed))
  }

  private func norm(_ name: String, _ x: Value, on tape: Tape) -> Value {
    let gain = tape.parameter("\(name).weight", [width], .gain, start: .ones)
    let bias = hasBias ? tape.parameter("\(name).bias", [width], .bias, start: .zeros) : nil
    return tape.layerNorm(x, gain: gain, bias: bias)
  }

  private func linear(
    _ name: String, _ x: Value, _ outer: Int, _ start: Initializer, activation: ActivationKind = .identity,
    on tape: Tape
  ) -> Value {
    let inner = tape.shape(of: x).dimensions.last ?? 1
    let weight = tape.parameter("\(name).weight", [outer, inner], .hidden, start: start)
    let bias = hasBias ? tape.parameter("\(name).bias", [outer], .bias, start: .zeros) : nil
    return tape.linear(x, weight, bias, activation: activation)
  }
}
