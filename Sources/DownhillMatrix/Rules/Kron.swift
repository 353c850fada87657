public import Downhill
public import DownhillBase

/// Kron (PSGD): triangular factors on either side of a matrix, fitted so that a whitened gradient is like noise.
///
///     m ← μm + (1 − μ)G,  m̂ = m/(1 − μᵗ)
///     A = Q_L·m̂·Q_Rᵀ,  B = Q_L⁻ᵀ·V·Q_R⁻¹                  V normal
///     Q_L ← Q_L − ρ·triu(AAᵀ − BBᵀ)Q_L/ℓ(AAᵀ + BBᵀ)        Q_R likewise with AᵀA, BᵀB
///     P = Q_LᵀQ_L·m̂·Q_RᵀQ_R
///     W ← (1 − ηλ)W − η·min(1, clip/RMS(P))·P
///
/// ℓ bounds a spectral norm from below. A side of length 1, or beyond `max-triangular`, has a diagonal Q.
///
/// Li 2015, *Preconditioned Stochastic Gradient Descent*, arXiv:1512.04202; Li 2024, *Stochastic Hessian Fittings with Lie
/// Groups*, arXiv:2402.11858; the code kron_torch.
public struct Kron: MatrixRule {
  public var learningRate = 1e-3
  public var momentum = 0.9
  public var weightDecay = 0.0
  public var preconditionRate = 0.1
  public var preconditionFrequency = 1
  public var preconditionProbability = 1.0
  public var initialPrecondition = 1.0
  public var balance = 100
  public var maximumTriangular = 8192
  public var preconditionsMomentum = true
  public var clip = 1.1
  public var seed = 0

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: μ in [0, 1), the decay rate of the mean of gradients.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - preconditionRate: ρ in [0, 1], of the factors.
  ///   - preconditionFrequency: After how many steps the factors are fitted.
  ///   - preconditionProbability: With what probability they then are, in [0, 1].
  ///   - initialPrecondition: What a first gradient is multiplied by on either side, > 0.
  ///   - balance: After how many steps the factors' sizes are made equal; 0 never.
  ///   - maximumTriangular: The longest side that has a triangular factor; a longer one has a diagonal.
  ///   - preconditionsMomentum: Whether the factors are fitted to m̂, or to G.
  ///   - clip: The largest root mean square of a step, ≥ 0; 0 for none.
  ///   - seed: Of V.
  public init(
    learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0, preconditionRate: Double = 0.1,
    preconditionFrequency: Int = 1, preconditionProbability: Double = 1, initialPrecondition: Double = 1,
    balance: Int = 100, maximumTriangular: Int = 8192, preconditionsMomentum: Bool = true, clip: Double = 1.1,
    seed: Int = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.preconditionRate = preconditionRate
    self.preconditionFrequency = preconditionFrequency
    self.preconditionProbability = preconditionProbability
    self.initialPrecondition = initialPrecondition
    self.balance = balance
    self.maximumTriangular = maximumTriangular
    self.preconditionsMomentum = preconditionsMomentum
    self.clip = clip
    self.seed = seed
  }

  public static let name: StaticString = "kron"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Fits a triangular factor to each side of a matrix, so that the gradient between them is like noise.",
    equation: """
      m ← μm + (1 − μ)G,  m̂ = m/(1 − μᵗ)
      A = Q_L·m̂·Q_Rᵀ,  B = Q_L⁻ᵀ·V·Q_R⁻¹,  V normal
      Q_L ← Q_L − ρ·triu(AAᵀ − BBᵀ)Q_L/ℓ(AAᵀ + BBᵀ),  Q_R likewise with AᵀA, BᵀB;  ℓ(H) ≤ ‖H‖₂
      P = Q_LᵀQ_L·m̂·Q_RᵀQ_R
      W ← (1 − ηλ)W − η·min(1, clip/(RMS(P) + 10⁻⁶))·P
      """,
    flopsPerWeight: 8,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no Kron. kron_torch, with its bound on the spectral norm, but V from this package's generator, balancing \
      every so many steps in place of at random, and precondition-probability drawn in place of counted; 0.03 is where \
      their schedule ends. flops a weight: without products and solves.
      """,
    references: [
      "Li 2015, Preconditioned Stochastic Gradient Descent, arXiv:1512.04202",
      "Li 2024, Stochastic Hessian Fittings with Lie Groups, arXiv:2402.11858",
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("momentum", "Decay rate of the mean of gradients, μ.", { $0.momentum }, { $0.momentum = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .number(
        "precondition-lr", in: KnobRange(0, 1), scale: .logarithmic, "Learning rate of the factors, ρ.",
        { $0.preconditionRate }, { $0.preconditionRate = $1 }),
      .preconditionFrequency(
        "After how many steps the factors are fitted.", { $0.preconditionFrequency },
        { $0.preconditionFrequency = $1 }),
      .number(
        "precondition-probability", in: KnobRange(0, 1), "With what probability they then are.",
        { $0.preconditionProbability }, { $0.preconditionProbability = $1 }),
      .number(
        "precondition-init", in: KnobRange(1e-12, 1e12), scale: .logarithmic,
        "What a first gradient is multiplied by on either side.", { $0.initialPrecondition },
        { $0.initialPrecondition = $1 }),
      .integer(
        "balance", in: KnobRange(0, 1_000_000), unit: "steps",
        "After how many steps the factors' sizes are made equal; 0 never.", { $0.balance }, { $0.balance = $1 }),
      .integer(
        "max-triangular", in: KnobRange(0, 65_536),
        "The longest side that has a triangular factor; a longer one has a diagonal.", { $0.maximumTriangular },
        { $0.maximumTriangular = $1 }),
      .flag(
        "momentum-into-precondition", "Whether the factors are fitted to the mean of gradients, or to the last one.",
        { $0.preconditionsMomentum }, { $0.preconditionsMomentum = $1 }),
      .number(
        "clip", in: KnobRange(0), scale: .logarithmic,
        "Largest root mean square of a step before the rate; 0 for none.",
        { $0.clip }, { $0.clip = $1 }),
      .integer("seed", in: KnobRange(0, 4_294_967_295), "Of the noise, V.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case momentum, left, right

    public var name: StaticString {
      switch self {
      case .momentum: "momentum_buffer"
      case .left: "Q_left"
      case .right: "Q_right"
      }
    }
    public var extent: StateExtent { self == .momentum ? .weight : .factor }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    if part == .momentum { return weights }
    guard weights.count > 0 else { return nil }
    let side = part == .left ? weights.rows : weights.columns
    return isTriangular(side) ? [side, side] : [side]
  }

  private func isTriangular(_ side: Int) -> Bool { side > 1 && side <= maximumTriangular }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    Workspace<Scalar>(shape, maximum: maximumTriangular).byteCount
  }

  private struct Workspace<Scalar: WeightScalar> {
    let a, b, way: WorkspacePart<Scalar>
    let fit: TriangularFactor<Scalar>.Memory
    let byteCount: Int

    init(_ shape: Shape, maximum: Int) {
      var layout = WorkspaceLayout()
      a = layout.reserve(shape.count, of: Scalar.self)
      b = layout.reserve(shape.count, of: Scalar.self)
      way = layout.reserve(shape.count, of: Scalar.self)
      let isEmpty = shape.count == 0
      let triangles = max(shape.rows <= maximum ? shape.rows : 0, shape.columns <= maximum ? shape.columns : 0)
      fit = TriangularFactor.Memory(
        isEmpty ? 0 : triangles, longest: isEmpty ? 0 : max(shape.rows, shape.columns), in: &layout)
      byteCount = layout.byteCount
    }
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (rows, columns, count) = (step.shape.rows, step.shape.columns, step.shape.count)
    let products = FactorProducts(step)
    let work = Workspace<Scalar>(step.shape, maximum: maximumTriangular)
    let (a, b) = (work.a.pointer(in: step.workspace), work.b.pointer(in: step.workspace))
    let way = work.way.pointer(in: step.workspace)
    let left = TriangularFactor(q: step[.left], count: rows, isTriangular: isTriangular(rows))
    let right = TriangularFactor(q: step[.right], count: columns, isTriangular: isTriangular(columns))
    left.beginWhereBlank(initialPrecondition.squareRoot())
    right.beginWhereBlank(initialPrecondition.squareRoot())
    let mean = step.direction
    average(step.gradient, into: step[.momentum], count, keeping: momentum)
    let correction = Scalar(nearest: 1 / (1 - power(momentum, step.number)))
    for place in 0..<count { mean[place] = correction * step[.momentum][place] }
    if isFitting(at: step.number, tensor: step.tensor) {
      if balance > 0 && step.number % balance == 0 { left.balance(with: right) }
      let x = preconditionsMomentum ? UnsafePointer(mean) : step.gradient
      left.multiply(x, into: way, rows: rows, columns: columns, products, transposed: false)
      right.multiplyRight(way, into: a, rows: rows, columns: columns, products, transposed: true)
      let noise = random(step.tensor, 0x56_0000_0000 + UInt64(step.number))
      for place in 0..<count { b[place] = Scalar(nearest: noise.normal(at: UInt64(place))) }
      left.solveTransposed(b, columns: columns)
      right.solveRight(b, rows: rows)
      bringNearOne(a, b, count)
      left.fit(
        a, b, side: .rightTransposed, other: columns, rate: preconditionRate, products, work.fit, step.workspace)
      right.fit(a, b, side: .leftTransposed, other: rows, rate: preconditionRate, products, work.fit, step.workspace)
    }
    left.multiply(mean, into: a, rows: rows, columns: columns, products, transposed: false)
    left.multiply(a, into: b, rows: rows, columns: columns, products, transposed: true)
    right.multiplyRight(b, into: a, rows: rows, columns: columns, products, transposed: true)
    right.multiplyRight(a, into: mean, rows: rows, columns: columns, products, transposed: false)
    bound(mean, count)
  }

  private func isFitting(at step: Int, tensor: Int) -> Bool {
    guard (step - 1) % preconditionFrequency == 0 else { return false }
    // One draw for all tensors of a step.
    return preconditionProbability >= 1
      || random(0, 0x55_0000_0000).uniform(at: UInt64(step)) < preconditionProbability
  }

  private func random(_ tensor: Int, _ stream: UInt64) -> CounterRandom {
    CounterRandom(seed: UInt64(seed), stream: UInt64(tensor) << 40 | stream)
  }

  /// A and B times one power of two: the fit sees their ratio alone, and their squares stay within the numbers' range.
  private func bringNearOne<Scalar: WeightScalar>(
    _ a: UnsafeMutablePointer<Scalar>, _ b: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    var largest = 0.0
    for place in 0..<count { largest = max(largest, a[place].wide.magnitude, b[place].wide.magnitude) }
    guard largest > 0, largest.isFinite else { return }
    let unit = Double(sign: .plus, exponent: min(-largest.exponent, 1023), significand: 1)
    for place in 0..<count {
      a[place] = Scalar(nearest: unit * a[place].wide)
      b[place] = Scalar(nearest: unit * b[place].wide)
    }
  }

  private func bound<Scalar: WeightScalar>(_ p: UnsafeMutablePointer<Scalar>, _ count: Int) {
    guard clip > 0 else { return }
    let size = (sumOfSquares(p, count) / Double(count)).squareRoot()
    let factor = min(1, clip / (size + 1e-6))
    guard factor < 1 else { return }
    for place in 0..<count { p[place] = Scalar(nearest: factor * p[place].wide) }
  }
}
