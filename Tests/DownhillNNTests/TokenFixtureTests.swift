import DownhillBase
import DownhillNN
import Testing

/// The operations of transformers and losses beside PyTorch in float64.
struct TokenFixtureTests {
  static let cases: [OperationCase] =
    (try? OperationCase.all(
      "linear", "batched-product", "attention", "embedding", "layer-norm", "rms-norm", "swiglu", "softmax",
      "cross-entropy", "mean-squared-error", "rotary")) ?? []

  @Test func thereAreCases() { #expect(Self.cases.count == 64) }

  @Test(arguments: cases)
  func matches(_ item: OperationCase) throws {
    try item.check { values, tape in try Self.build(item, values, on: tape) }
  }

  @Test(arguments: cases.filter { $0.operation == "attention" })
  func fusedAttentionMatches(_ item: OperationCase) throws {
    try item.check { values, tape in try Self.attention(item, values, isFused: true, on: tape) }
  }

  private static func build(_ item: OperationCase, _ values: [String: Value], on tape: Tape) throws -> Value {
    func value(_ name: String) throws -> Value { try item.value(name, values) }
    switch item.operation {
    case "linear":
      return tape.linear(try value("x"), try value("weight"), values["bias"], activation: try item.activation())
    case "batched-product":
      return tape.batchedProduct(
        try value("a"), try value("b"), transposesA: try item.flag("transpose-a"),
        transposesB: try item.flag("transpose-b"))
    case "attention": return try attention(item, values, isFused: false, on: tape)
    case "embedding": return tape.embedding(try value("tokens"), try value("weight"))
    case "layer-norm":
      return tape.layerNorm(
        try value("x"), gain: try value("weight"), bias: values["bias"], epsilon: try item.number("eps"))
    case "rms-norm":
      return tape.rmsNorm(try value("x"), gain: try value("weight"), epsilon: try item.number("eps"))
    case "swiglu": return tape.gatedProduct(try value("gate"), try value("up"))
    case "softmax": return tape.softmax(try value("x"))
    case "cross-entropy":
      return tape.crossEntropy(
        try value("logits"), try value("targets"), smoothing: try item.number("label-smoothing"))
    case "mean-squared-error": return tape.squaredError(try value("x"), try value("targets"))
    case "rotary":
      let x = try value("x")
      let heads = tape.shape(of: x).dimensions[1]
      return apart(
        tape.rotated(together(x, on: tape), heads: heads, theta: try item.number("theta")), heads, on: tape)
    default: throw OperationCase.Missing(item.operation)
    }
  }

  private static func attention(
    _ item: OperationCase, _ values: [String: Value], isFused: Bool, on tape: Tape
  ) throws -> Value {
    let parts = try ["q", "k", "v"].map { try item.value($0, values) }
    let heads = tape.shape(of: parts[0]).dimensions[1]
    let rows = parts.map { together($0, on: tape) }
    let isCausal = try item.flag("causal")
    let y =
      isFused
      ? tape.attention(tape.concatenation(rows, axis: 2), heads: heads, isCausal: isCausal)
      : tape.attention(rows[0], keys: rows[1], values: rows[2], heads: heads, isCausal: isCausal)
    return apart(y, heads, on: tape)
  }

  /// [batch, heads, time, d], as PyTorch has it, to [batch, time, heads · d].
  private static func together(_ x: Value, on tape: Tape) -> Value {
    let d = tape.shape(of: x).dimensions
    let flat = tape.reshaped(x, [d[0], d[1], d[2] * d[3]])
    let heads = (0..<d[1]).map { tape.reshaped(tape.token($0, of: flat), [d[0], d[2], d[3]]) }
    return tape.concatenation(heads, axis: 2)
  }

  private static func apart(_ x: Value, _ heads: Int, on tape: Tape) -> Value {
    let d = tape.shape(of: x).dimensions
    let width = d[2] / heads
    let flat = tape.reshaped(x, [d[0] * d[1], heads, width])
    let parts = (0..<heads).map { tape.reshaped(tape.token($0, of: flat), [d[0], 1, d[1] * width]) }
    return tape.concatenation(parts, axis: 1)
  }
}
