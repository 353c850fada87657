import DownhillBase

/// A model whose products are of numbers of some precision: `precision`, the last knob of every model.
struct InPrecision: Model {
  var base: any Model = LinearRegression()
  var precision = ProductPrecision.float

  static var knobs: [Knob<Self>] {
    [
      .choice(
        "precision", "In what numbers products are; in f32 where the CPU has none of bf16.", { $0.precision },
        { $0.precision = $1 })
    ]
  }

  var input: ModelInput { base.input }
  var output: ModelOutput { base.output }

  func outputs(on tape: Tape, _ input: Value, seed: UInt64) -> Value {
    let before = tape.productPrecision
    tape.productPrecision = precision
    defer { tape.productPrecision = before }
    return base.outputs(on: tape, input, seed: seed)
  }
}
