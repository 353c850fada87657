import DownhillBase
import DownhillKernels
import DownhillNN
import Testing

/// The operations of transformers and of losses on odd and degenerate shapes: one token, one number, one class, blocks of
/// queries that end in the middle, values that are read twice.
struct TokenOperationTests {
  typealias Network = OperationNetwork

  private static func drawn(_ tape: Tape, _ name: String, _ shape: Shape) -> Value {
    OperationNetwork.drawn(tape, name, shape)
  }

  private static func linear(_ x: Shape, _ outer: Int, _ kind: ActivationKind, bias: Bool = true) -> Network {
    Network("linear of \(x) to \(outer), \(kind)") { tape in
      tape.linear(
        drawn(tape, "x", x), drawn(tape, "w", [outer, x.lastLength]), bias ? drawn(tape, "b", [outer]) : nil,
        activation: kind)
    }
  }

  private static func attention(_ x: Shape, heads: Int, causal: Bool, fused: Bool) -> Network {
    Network("attention of \(x), \(heads) heads, \(causal ? "causal" : "to all"), \(fused ? "fused" : "apart")") {
      tape in
      let d = x.dimensions
      if fused {
        return tape.attention(drawn(tape, "qkv", [d[0], d[1], 3 * d[2]]), heads: heads, isCausal: causal)
      }
      return tape.attention(
        drawn(tape, "q", x), keys: drawn(tape, "k", x), values: drawn(tape, "v", x), heads: heads, isCausal: causal)
    }
  }

  private static func norms(_ x: Shape) -> [Network] {
    let width = Shape([x.lastLength])
    return [
      Network("layer norm of \(x)") {
        $0.layerNorm(drawn($0, "x", x), gain: drawn($0, "gain", width), bias: drawn($0, "bias", width))
      },
      Network("layer norm of \(x) without gain") { $0.layerNorm(drawn($0, "x", x), gain: nil) },
      Network("RMS norm of \(x)") { $0.rmsNorm(drawn($0, "x", x), gain: drawn($0, "gain", width)) },
      Network("RMS norm of \(x) without gain, and x") { tape in
        let x = drawn(tape, "x", x)
        return tape.add(tape.rmsNorm(x, gain: nil), x)
      },
    ]
  }

  private static func rotation(_ x: Shape, heads: Int, theta: Double) -> Network {
    Network("rotation of \(x), \(heads) heads, θ = \(theta)") {
      $0.rotated(drawn($0, "x", x), heads: heads, theta: theta)
    }
  }

  private static func loss(_ logits: Shape, _ targets: [Int], smoothing: Double) -> Network {
    Network(
      "cross-entropy of \(logits) to \(targets), smoothed by \(smoothing)",
      indices: { tape, indices in
        let y = tape.indices("y", [targets.count])
        indices.append((y, targets))
        return tape.crossEntropy(drawn(tape, "x", logits), y, smoothing: smoothing)
      })
  }

  private static let attentions: [Network] = [true, false].flatMap { causal in
    [true, false].flatMap { fused in
      [([1, 1, 1], 1), ([2, 3, 30], 5), ([1, 70, 6], 2), ([1, 129, 3], 1)].map {
        attention(Shape($0.0), heads: $0.1, causal: causal, fused: fused)
      }
    }
  }

  private static let products: [Network] = [true, false].flatMap { left in
    [true, false].map { right in
      Network("batched product, \(left ? "Aᵀ" : "A")·\(right ? "Bᵀ" : "B")") { tape in
        let (a, b): (Shape, Shape) = (left ? [3, 7, 5] : [3, 5, 7], right ? [3, 17, 7] : [3, 7, 17])
        return tape.batchedProduct(drawn(tape, "a", a), drawn(tape, "b", b), transposesA: left, transposesB: right)
      }
    }
  }

  private static let readTwice: [Network] = [
    Network("a gate of itself") { tape in
      let x = drawn(tape, "x", [3, 7])
      return tape.gatedProduct(x, x)
    },
    Network("a gated product whose factors are read again") { tape in
      let (a, b) = (drawn(tape, "a", [1, 19]), drawn(tape, "b", [1, 19]))
      return tape.add(tape.add(a, b), tape.gatedProduct(a, b, activation: .geluTanh))
    },
    Network("queries, keys and values that are read again") { tape in
      let parts = ["q", "k", "v"].map { drawn(tape, $0, [2, 5, 6]) }
      let y = tape.attention(parts[0], keys: parts[1], values: parts[2], heads: 3)
      return parts.reduce(y) { tape.add($1, $0) }
    },
    Network("a rotation and what is rotated") { tape in
      let x = drawn(tape, "x", [2, 3, 4])
      return tape.add(x, tape.rotated(x, heads: 1))
    },
    Network("a softmax and what goes into it") { tape in
      let x = drawn(tape, "x", [2, 3, 4])
      return tape.add(x, tape.softmax(x))
    },
    Network("a product and its factors") { tape in
      let (a, b) = (drawn(tape, "a", [2, 3, 3]), drawn(tape, "b", [2, 3, 3]))
      return tape.add(tape.add(a, b), tape.batchedProduct(a, b))
    },
    Network("one matrix twice") { tape in
      let w = drawn(tape, "w", [5, 5])
      return tape.linear(tape.linear(drawn(tape, "x", [3, 5]), w, activation: .tanh), w)
    },
    Network(
      "a tied head",
      indices: { tape, indices in
        let tokens = tape.indices("tokens", [2, 3])
        indices.append((tokens, [4, 0, 4, 4, 2, 1]))
        let table = drawn(tape, "table", [6, 5])
        return tape.linear(tape.embedding(tokens, table, positions: drawn(tape, "positions", [4, 5])), table)
      }),
    Network(
      "two losses of the same logits",
      indices: { tape, indices in
        let (logits, y) = (drawn(tape, "x", [3, 5]), tape.indices("y", [3]))
        indices.append((y, [4, -100, 1]))
        let losses = [0, 0.3].map { tape.crossEntropy(logits, y, smoothing: $0) }
        return tape.add(losses[0], losses[1])
      }),
  ]

  private static let plain: [Network] = [
    linear([1, 1], 1, .identity), linear([1, 1, 17], 1, .gelu), linear([3, 1], 5, .silu, bias: false),
    linear([2, 5, 33], 19, .geluTanh), linear([1, 1], 17, .tanh), linear([4, 3], 2, .relu),
    linear([4, 3], 2, .relu2),
    rotation([1, 1, 2], heads: 1, theta: 10_000), rotation([2, 3, 30], heads: 5, theta: 3),
    rotation([1, 33, 36], heads: 2, theta: 500),
    Network("softmax of one number") { $0.softmax(drawn($0, "x", [1, 1])) },
    Network("softmax of rows") { $0.softmax(drawn($0, "x", [3, 1, 17])) },
    Network("product of one number") { $0.batchedProduct(drawn($0, "a", [1, 1, 1]), drawn($0, "b", [1, 1, 1])) },
    Network("rows along the first axis") { tape in
      tape.concatenation([drawn(tape, "x", [1, 3]), drawn(tape, "y", [2, 3])], axis: 0)
    },
    Network(
      "embedding of one token",
      indices: { tape, indices in
        let tokens = tape.indices("tokens", [1, 1])
        indices.append((tokens, [2]))
        return tape.embedding(tokens, drawn(tape, "table", [3, 1]))
      }),
    loss([1, 1], [0], smoothing: 0), loss([1, 2], [1], smoothing: 0.1),
    loss([5, 17], [3, -100, 16, 0, -1], smoothing: 0), loss([5, 17], [3, -100, 16, 0, -1], smoothing: 0.2),
    Network("squared error") { tape in tape.squaredError(drawn(tape, "x", [3, 5]), tape.input("y", [3, 5])) },
    Network("squared error of one number") { tape in
      tape.squaredError(drawn(tape, "x", [1, 1]), tape.input("y", [1, 1]))
    },
    Network("dropout") { $0.dropout(drawn($0, "x", [3, 37]), probability: 0.4, seed: 9) },
    Network("dropout of one number, and the number") { tape in
      let x = drawn(tape, "x", [1])
      return tape.add(x, tape.dropout(x, probability: 0.5, seed: 1))
    },
  ]

  private static let functions: [Network] = ActivationKind.allCases.flatMap { kind in
    [
      Network("\(kind) of 37") { $0.activation(drawn($0, "x", [37]), kind) },
      Network("product gated by \(kind)") {
        $0.gatedProduct(drawn($0, "a", [5, 7]), drawn($0, "b", [5, 7]), activation: kind)
      },
    ]
  }

  static let networks: [Network] = [
    plain, attentions, products, readTwice, functions, norms([1, 3]), norms([5, 1, 17]), norms([33, 5]),
  ].flatMap { $0 }

  @Test(arguments: networks)
  func matchesReference(_ network: Network) { network.checkKernels() }

  @Test(arguments: networks)
  func referenceMatchesDifferences(_ network: Network) { network.checkDifferences() }

  /// Only what is asked for is differentiated, and the rest of memory is left alone.
  @Test(arguments: 0..<3)
  func oneOfThreeHasAGradient(_ moved: Int) {
    var run = NetworkRun { tape in
      let parts = (0..<3).map { $0 == moved ? Self.drawn(tape, "x", [1, 3, 4]) : tape.input("\($0)", [1, 3, 4]) }
      return tape.attention(parts[0], keys: parts[1], values: parts[2], heads: 2)
    }
    run.run()
    #expect(distance(run.gradient(of: 0), run.referenceGradient(of: 0)) <= 1e-6)
  }
}

extension Shape {
  /// The length of the last axis.
  var lastLength: Int { dimensions.last ?? 1 }
}
