import DownhillBase
import DownhillNN
import Testing

/// The operations of image networks beside PyTorch in float64.
struct ImageFixtureTests {
  static let cases: [OperationCase] =
    (try? OperationCase.all("conv2d", "max-pool", "average-pool", "batch-norm", "activation", "concatenation")) ?? []

  @Test func thereAreCases() { #expect(Self.cases.count == 54) }

  @Test(arguments: cases)
  func matches(_ item: OperationCase) throws { try item.check { values, tape in try build(item, values, on: tape) } }

  private func build(_ item: OperationCase, _ values: [String: Value], on tape: Tape) throws -> Value {
    func value(_ name: String) throws -> Value { try item.value(name, values) }
    switch item.operation {
    case "conv2d":
      return tape.convolution(
        try value("x"), try value("weight"), values["bias"], stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "max-pool":
      return tape.maxPool(
        try value("x"), kernel: try item.extent("kernel"), stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "average-pool":
      return tape.averagePool(
        try value("x"), kernel: try item.extent("kernel"), stride: try item.extent("stride"),
        padding: try item.extent("padding"))
    case "batch-norm":
      let channels = tape.shape(of: try value("weight"))
      return tape.batchNorm(
        try value("x"), gain: try value("weight"), bias: try value("bias"),
        runningMean: tape.buffer("mean", channels, start: 0),
        runningVariance: tape.buffer("variance", channels, start: 1), epsilon: try item.number("eps"),
        isFrozen: try !item.flag("training"))
    case "activation": return tape.activation(try value("x"), try item.activation())
    default:
      return tape.concatenation(values.keys.sorted().compactMap { values[$0] }, axis: Int(try item.number("axis")))
    }
  }
}
