import DownhillBase
import DownhillKernels
import DownhillNN
import Testing

/// Kernels beside the plain references, and those beside finite differences, on odd and degenerate shapes.
struct ImageOperationTests {
  typealias Network = OperationNetwork

  private static func drawn(_ tape: Tape, _ name: String, _ shape: Shape) -> Value {
    OperationNetwork.drawn(tape, name, shape)
  }

  private static func convolution(
    _ x: Shape, _ w: Shape, bias: Bool = true, stride: Extent = 1, padding: Extent = 0
  ) -> Network {
    Network("convolution of \(x) with \(w), stride \(stride), padding \(padding)") { tape in
      tape.convolution(
        drawn(tape, "x", x), drawn(tape, "w", w), bias ? drawn(tape, "b", [w.rows]) : nil, stride: stride,
        padding: padding)
    }
  }

  private static func batchNorm(_ x: Shape, _ activation: ActivationKind, residual: Bool = false) -> Network {
    Network("batch norm of \(x), \(activation), \(residual ? "with" : "without") residual") { tape in
      let channels = Shape([x.dimensions[1]])
      return tape.batchNorm(
        drawn(tape, "x", x), gain: drawn(tape, "gain", channels), bias: drawn(tape, "bias", channels),
        runningMean: tape.buffer("m", channels, start: 0), runningVariance: tape.buffer("v", channels, start: 1),
        residual: residual ? drawn(tape, "residual", x) : nil, activation: activation)
    }
  }

  /// What runs by Winograd's algorithm, at sizes that are no multiples of its tiles.
  static let large: [Network] = [
    convolution([2, 33, 15, 14], [35, 33, 3, 3], bias: false, padding: 1),
    convolution([6, 32, 6, 7], [48, 32, 3, 3], padding: 1),
  ]

  static let networks: [Network] =
    [
      convolution([1, 33, 3, 3], [17, 33, 3, 3], stride: 2, padding: 1),
      convolution([3, 1, 1, 1], [1, 1, 1, 1]), convolution([1, 1, 9, 1], [2, 1, 3, 1], padding: Extent(1, 0)),
      convolution([2, 5, 11, 6], [3, 5, 5, 4], stride: Extent(3, 2), padding: 2),
      convolution([1, 20, 6, 6], [4, 20, 1, 1], stride: 2),
      batchNorm([1, 1, 1, 2], .identity), batchNorm([5, 17, 1, 1], .relu),
      batchNorm([9, 3, 5, 4], .relu, residual: true),
      batchNorm([2, 16, 11, 13], .geluTanh), batchNorm([3, 2, 2, 3], .silu, residual: true),
      batchNorm([1, 5, 3, 1], .identity, residual: true),
      Network("max pooling, 3×3 stride 2") {
        $0.maxPool(drawn($0, "x", [2, 17, 7, 6]), kernel: 3, stride: 2, padding: 1)
      },
      Network("average pooling, 2×3") {
        $0.averagePool(drawn($0, "x", [1, 3, 5, 7]), kernel: Extent(2, 3), stride: Extent(1, 2), padding: Extent(1, 0))
      },
      Network("global average") { $0.globalAverage(drawn($0, "x", [2, 19, 3, 5])) },
      Network("global average of one pixel") { $0.globalAverage(drawn($0, "x", [1, 1, 1, 1])) },
      Network("sum and activation of blocks") { tape in
        let x = tape.maxPool(drawn(tape, "x", [2, 5, 4, 4]), kernel: 2, stride: 2)
        return tape.add(tape.activation(x, .silu), x)
      },
      Network("blocked and plain summed") { tape in
        let x = drawn(tape, "x", [2, 5, 4, 4])
        return tape.add(tape.averagePool(x, kernel: 1, stride: 1), x)
      },
      Network("a value added to itself") { tape in
        let x = drawn(tape, "x", [2, 5])
        return tape.add(x, x)
      },
      Network("a norm with its input as residual") { tape in
        let (x, channels) = (tape.averagePool(drawn(tape, "x", [2, 5, 4, 4]), kernel: 1, stride: 1), Shape([5]))
        return tape.batchNorm(
          x, gain: drawn(tape, "gain", channels), bias: drawn(tape, "bias", channels),
          runningMean: tape.buffer("m", channels, start: 0), runningVariance: tape.buffer("v", channels, start: 1),
          residual: x, activation: .tanh)
      },
      Network("two convolutions of one value") { tape in
        let x = tape.averagePool(drawn(tape, "x", [1, 18, 4, 4]), kernel: 1, stride: 1)
        let w = drawn(tape, "w", [18, 18, 3, 3])
        return tape.add(tape.convolution(x, w, padding: 1), tape.convolution(x, w, padding: 1))
      },
      Network("transposed") { $0.transposed(drawn($0, "x", [2, 3, 5])) },
      Network("patches") { $0.patches(drawn($0, "x", [2, 3, 4, 6]), 2) },
      Network("one token") { $0.token(2, of: drawn($0, "x", [2, 3, 5])) },
      Network("mean over tokens") { $0.tokenMean(drawn($0, "x", [2, 3, 5])) },
      Network("mean over one token") { $0.tokenMean(drawn($0, "x", [1, 1, 1])) },
      Network("repeated") { $0.repeated(drawn($0, "x", [1, 3, 5]), 4) },
      Network("the same twice, side by side") { tape in
        let x = drawn(tape, "x", [2, 3, 2])
        return tape.concatenation([x, drawn(tape, "y", [2, 1, 2]), x], axis: 1)
      },
    ]

  @Test(arguments: networks + large)
  func matchesReference(_ network: Network) { network.checkKernels() }

  @Test(arguments: networks)
  func referenceMatchesDifferences(_ network: Network) { network.checkDifferences() }

  @Test func aStepIsRepeatedToTheBit() {
    let build: (Tape) -> Value = { tape in
      ResNet(blocks: [1, 1], width: 19).outputs(
        on: tape, Self.drawn(tape, "x", [3, 3, 9, 8]), seed: 0)
    }
    let runs = [NetworkRun(build), NetworkRun(build)]
    for run in runs {
      for _ in 0..<2 {
        run.program.forward()
        run.program.backward()
      }
    }
    #expect(runs[0].outputs == runs[1].outputs)
    for place in runs[0].tape.parameters.indices {
      #expect(runs[0].gradient(of: place) == runs[1].gradient(of: place))
    }
  }
}
