public import Downhill
public import DownhillBase

/// Muon: momentum, orthogonalised, so that every direction of a matrix moves equally far.
///
///     w ← (1 − ηλ)w
///     B ← μB + (1 − μ)G
///     U = (1 − μ)G + μB                             with Nesterov; else U = B
///     O = the orthogonal factor of U (nearly)       by Newton-Schulz, or exactly
///     W ← W − η·s·O
///
/// with s = √max(1, rows/columns) (original), 0.2·√max(rows, columns) (match-rms-adamw), √(rows/columns)
/// (spectral-unclamped), or 1 (none).
///
/// Jordan et al. 2024, *Muon*, kellerjordan.github.io/posts/muon; Liu et al. 2025, *Muon is Scalable for LLM Training*,
/// arXiv:2502.16982 (match-rms-adamw); Bernstein 2025, *Deriving Muon* (spectral-unclamped).
///
/// A vector of n is an n×1 column: its step is its direction at length s·p(1), 0.696·s for five quintic steps.
public struct Muon: MatrixRule {
  /// How the step's size follows from the shape.
  public enum Scale: KnobChoice, BitwiseCopyable {
    case original, matchRMSAdamW, spectralUnclamped, none

    public var knobName: StaticString {
      switch self {
      case .original: "original"
      case .matchRMSAdamW: "match-rms-adamw"
      case .spectralUnclamped: "spectral-unclamped"
      case .none: "none"
      }
    }

    func factor(rows: Int, columns: Int) -> Double {
      let (rows, columns) = (Double(rows), Double(columns))
      return switch self {
      case .original: max(1, rows / columns).squareRoot()
      case .matchRMSAdamW: 0.2 * max(rows, columns).squareRoot()
      case .spectralUnclamped: (rows / columns).squareRoot()
      case .none: 1
      }
    }
  }

  /// What finds the orthogonal factor.
  public enum Method: KnobChoice, BitwiseCopyable {
    case quintic, jacobi, svd

    public var knobName: StaticString {
      switch self {
      case .quintic: "quintic"
      case .jacobi: "jacobi"
      case .svd: "svd"
      }
    }
  }

  /// In what numbers the orthogonal factor is computed.
  public enum Precision: KnobChoice, BitwiseCopyable {
    case data, double, float

    public var knobName: StaticString {
      switch self {
      case .data: "data"
      case .double: "f64"
      case .float: "f32"
      }
    }
  }

  public var learningRate = 1e-3
  /// PyTorch's. Decay uses the rate without the scale of the shape.
  public var weightDecay = 0.1
  public var momentum = 0.95
  public var nesterov = true
  /// The least norm that U is divided by. 0 keeps the step independent of the gradient's scale; PyTorch has 1e-7.
  public var epsilon = 0.0
  public var steps = 5
  public var scale = Scale.original
  public var method = Method.quintic
  public var precision = Precision.data

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: μ in [0, 1), the decay rate of the average of gradients.
  ///   - nesterov: Whether to look ahead.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - scale: How the step's size follows from the shape.
  ///   - method: What finds the orthogonal factor.
  ///   - steps: How many Newton-Schulz steps; 5 is usual.
  ///   - epsilon: The least norm that is divided by, ≥ 0.
  ///   - precision: In what numbers the orthogonal factor is computed.
  public init(
    learningRate: Double, momentum: Double = 0.95, nesterov: Bool = true, weightDecay: Double = 0.1,
    scale: Scale = .original, method: Method = .quintic, steps: Int = 5, epsilon: Double = 0,
    precision: Precision = .data
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.scale = scale
    self.method = method
    self.steps = steps
    self.epsilon = epsilon
    self.precision = precision
  }

  public static let name: StaticString = "muon"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Orthogonalises the momentum of each matrix, so that all its directions move equally far.",
    equation: """
      W ← (1 − ηλ)W
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = UVᵀ of U's singular value decomposition, nearly: five times X ← aX + (bA + cA²)X, A = XXᵀ, from X = U/‖U‖
      W ← W − η·s·O,  s = √max(1, rows/columns), or as scale says
      """,
    flopsPerWeight: 9,
    hugeGradients: .bounded,
    differences: """
      torch.optim.Muon orthogonalises in bfloat16 always and takes 2-D tensors only; its eps is 1e-7 (here 0, so that the \
      step does not depend on the gradient's scale); a vector is an n×1 column here. flops a weight: without the \
      orthogonaliser, whose cost follows from the shape.
      """,
    references: [
      "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon",
      "Liu et al. 2025, Muon is Scalable for LLM Training, arXiv:2502.16982",
      "Bernstein 2025, Deriving Muon, jeremybernste.in/writing/deriving-muon",
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("momentum", "Decay rate of the average of gradients, μ.", { $0.momentum }, { $0.momentum = $1 }),
      .flag("nesterov", "Looks ahead along the momentum.", { $0.nesterov }, { $0.nesterov = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .epsilon("The least norm that is divided by.", { $0.epsilon }, { $0.epsilon = $1 }),
      .integer(
        "steps", in: KnobRange(0, 99), "How many Newton-Schulz steps.", { $0.steps }, { $0.steps = $1 }),
      .choice("scale", "How the step's size follows from the shape.", { $0.scale }, { $0.scale = $1 }),
      .choice("orthogonalizer", "What finds the orthogonal factor.", { $0.method }, { $0.method = $1 }),
      .choice(
        "precision", "In what numbers the orthogonal factor is computed.", { $0.precision }, { $0.precision = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let (rows, columns) = (min(shape.rows, shape.columns), max(shape.rows, shape.columns))
    let numbers =
      switch method {
      case .quintic: quintic.scratchCount(rows: rows, columns: columns)
      case .jacobi, .svd: exact.scratchCount(rows: rows, columns: columns)
      }
    return (padded(shape.count) + numbers) * MemoryLayout<Double>.stride
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (buffer, update, gradient) = (step[.momentum], step.direction, step.gradient)
    let (kept, fresh) = (Scalar(nearest: momentum), Scalar(nearest: 1 - momentum))
    for place in 0..<step.shape.count {
      let b = kept * buffer[place] + fresh * gradient[place]
      buffer[place] = b
      update[place] = nesterov ? fresh * gradient[place] + kept * b : b
    }
    switch precision {
    case .data: orthogonalize(update, step.shape, in: Scalar.self, step.workspace)
    case .double: orthogonalize(update, step.shape, in: Double.self, step.workspace)
    case .float: orthogonalize(update, step.shape, in: Float.self, step.workspace)
    }
  }

  private var quintic: NewtonSchulz<PlainMatrixProduct> { NewtonSchulz(steps: steps, product: PlainMatrixProduct()) }
  private var exact: PolarFactor<PlainMatrixProduct, JacobiDecomposition> {
    PolarFactor(product: PlainMatrixProduct(), decomposition: JacobiDecomposition())
  }

  /// U ← s·O, computed lying (rows ≤ columns) in numbers of type `Number`.
  private func orthogonalize<Scalar: WeightScalar, Number: WeightScalar>(
    _ update: UnsafeMutablePointer<Scalar>, _ shape: Shape, in _: Number.Type, _ workspace: UnsafeMutableRawPointer
  ) {
    let x = workspace.assumingMemoryBound(to: Number.self)
    let scratch = x + padded(shape.count)
    let matrix = LyingMatrix(shape)
    guard matrix.load(update, into: x, leastNorm: epsilon) else { return }
    let (rows, columns) = (matrix.rows, matrix.columns)
    switch method {
    case .quintic: quintic.orthogonalize(x, rows: rows, columns: columns, scratch: scratch)
    case .jacobi, .svd: exact.orthogonalize(x, rows: rows, columns: columns, scratch: scratch)
    }
    matrix.store(x, into: update, scale: scale.factor(rows: shape.rows, columns: shape.columns))
  }
}

/// A count of numbers up to the next multiple of 64 bytes, in either type.
private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
