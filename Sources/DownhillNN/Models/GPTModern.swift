import DownhillBase

/// A decoder of tokens as they are made today, with the names of Qwen3.
///
///     x = embed_tokens[token]
///     x ← x + o_proj(attention(rotated(q_norm(q_proj(y))), rotated(k_norm(k_proj(y))), v_proj(y))),  y = input_layernorm(x)
///     x ← x + mlp(post_attention_layernorm(x))      layer by layer
///     logits = lm_head(norm(x))
///
/// Rotary positions (Su et al. 2021), RMSNorm (Zhang, Sennrich 2019), norms of queries and keys head by head (Dehghani et
/// al. 2023, arXiv:2302.05442), SwiGLU (Shazeer 2020) or ReLU² (So et al. 2021, arXiv:2109.08668); no biases. Initialised
/// normally with deviation 0.02, the projections into the residual stream with 0.02/√(2·layers).
public struct GPTModern: Model, TokenTransformer {
  /// What stands between the two matrices of an MLP.
  public enum Perceptron: String, CaseIterable, Sendable {
    /// silu(gate)·up.
    case swiglu
    /// max(up, 0)².
    case relu2
  }

  public var layers = 4
  public var heads = 4
  public var width = 128
  public var context = 64
  public var vocabulary = 65
  public var mlp = Perceptron.swiglu
  /// Hidden width of the MLPs; 0 takes `hiddenWidth`'s own.
  public var hidden = 0
  /// Whether queries and keys are normalised, each head by itself.
  public var normalizesQueriesAndKeys = true
  /// The base of the rotary positions' angles.
  public var theta = 10_000.0
  /// Whether head and token table are one matrix.
  public var isTied = false
  public var dropout = 0.0

  public init() {}

  /// Four times the width for ReLU²; for SwiGLU, which has three matrices, 8/3 of it, up to a multiple of 16.
  public var hiddenWidth: Int {
    if hidden > 0 { return hidden }
    return mlp == .relu2 ? 4 * width : (8 * width + 47) / 48 * 16
  }

  public var conflict: StaticString? {
    if let headConflict { return headConflict }
    return width / heads % 2 == 0 ? nil : "a head must have an even number of numbers, width / heads, for its pairs"
  }

  /// Logits of every token, [batch, time, vocabulary].
  public func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    let table = tape.parameter("model.embed_tokens.weight", [vocabulary, width], .embedding, start: Self.small)
    var x = tape.dropout(tape.embedding(input, table), probability: dropout, seed: seed)
    for layer in 0..<layers { x = block("model.layers.\(layer)", x, on: tape, seed: seed) }
    x = norm("model.norm", x, on: tape)
    if isTied { return tape.linear(x, table) }
    return tape.linear("lm_head", x, vocabulary, .head, start: Self.small, bias: nil)
  }

  private static let small = Initializer.normal(deviation: 0.02)

  private func block(_ name: String, _ input: Value, on tape: Tape, seed: UInt64) -> Value {
    let scaled = Initializer.normal(deviation: 0.02 / Double(2 * layers).squareRoot())
    declare(name, scaled, on: tape)
    let attention = "\(name).self_attn"
    var y = norm("\(name).input_layernorm", input, on: tape)
    let q = positioned("\(attention).q", y, on: tape)
    let k = positioned("\(attention).k", y, on: tape)
    let v = linear("\(attention).v_proj", y, width, Self.small, on: tape)
    y = tape.attention(q, keys: k, values: v, heads: heads)
    y = linear("\(attention).o_proj", y, width, scaled, on: tape)
    let x = tape.add(input, tape.dropout(y, probability: dropout, seed: seed))
    y = perceptron("\(name).mlp", norm("\(name).post_attention_layernorm", x, on: tape), scaled, on: tape)
    return tape.add(x, tape.dropout(y, probability: dropout, seed: seed))
  }

  /// The parameters of a block in PyTorch's order, in which the norms come last.
  private func declare(_ name: String, _ scaled: Initializer, on tape: Tape) {
    func matrix(_ part: String, _ rows: Int, _ columns: Int, _ start: Initializer) {
      _ = tape.parameter("\(name).\(part).weight", [rows, columns], .hidden, start: start)
    }
    func gain(_ part: String, _ count: Int) {
      _ = tape.parameter("\(name).\(part).weight", [count], .gain, start: .ones)
    }
    for part in ["q", "k", "v"] { matrix("self_attn.\(part)_proj", width, width, Self.small) }
    matrix("self_attn.o_proj", width, width, scaled)
    if normalizesQueriesAndKeys { for part in ["q", "k"] { gain("self_attn.\(part)_norm", width / heads) } }
    if mlp == .swiglu { matrix("mlp.gate_proj", hiddenWidth, width, Self.small) }
    matrix("mlp.up_proj", hiddenWidth, width, Self.small)
    matrix("mlp.down_proj", width, hiddenWidth, scaled)
    for part in ["input_layernorm", "post_attention_layernorm"] { gain(part, width) }
  }

  /// Queries or keys: projected, normalised head by head, turned by their positions.
  private func positioned(_ name: String, _ x: Value, on tape: Tape) -> Value {
    var y = linear("\(name)_proj", x, width, Self.small, on: tape)
    if normalizesQueriesAndKeys {
      let shape = tape.shape(of: y)
      y = tape.reshaped(y, Shape(shape.dimensions.dropLast() + [heads, width / heads]))
      y = tape.reshaped(norm("\(name)_norm", y, on: tape), shape)
    }
    return tape.rotated(y, heads: heads, theta: theta)
  }

  private func perceptron(_ name: String, _ x: Value, _ scaled: Initializer, on tape: Tape) -> Value {
    let y: Value
    switch mlp {
    case .swiglu:
      let gate = linear("\(name).gate_proj", x, hiddenWidth, Self.small, on: tape)
      y = tape.gatedProduct(gate, linear("\(name).up_proj", x, hiddenWidth, Self.small, on: tape))
    case .relu2: y = linear("\(name).up_proj", x, hiddenWidth, Self.small, activation: .relu2, on: tape)
    }
    return linear("\(name).down_proj", y, width, scaled, on: tape)
  }

  private func norm(_ name: String, _ x: Value, on tape: Tape) -> Value {
    let width = tape.shape(of: x).dimensions.last ?? 1
    return tape.rmsNorm(x, gain: tape.parameter("\(name).weight", [width], .gain, start: .ones))
  }

  private func linear(
    _ name: String, _ x: Value, _ outer: Int, _ start: Initializer, activation: ActivationKind = .identity,
    on tape: Tape
  ) -> Value {
    tape.linear(name, x, outer, start: start, bias: nil, activation: activation)
  }
}
