public import Downhill
public import DownhillBase

/// KL-Shampoo: Shampoo whose factors minimise the Kullback-Leibler divergence to the gradients' second moment, with its
/// eigenvalues kept apart.
///
///     step 1    L ← (1 − β₂)GGᵀ/n,  R ← (1 − β₂)GᵀG/m;  Q_L, Q_R their eigenvectors, d_L, d_R ← κ; no weight moves
///     step t    m ← β₁m + (1 − β₁)G
///               W ← (1 − ηλ)(W − η·Q_L((Q_LᵀmQ_R)ᵢⱼ/(√(d_Lᵢd_Rⱼ) + ε))Q_Rᵀ)
///               L ← β₂L + (1 − β₂)/n · GQ_R·diag(1/d_R)·Q_RᵀGᵀ,  R likewise
///               H = Q_LᵀGQ_R,  d_Lᵢ ← max(β₂d_Lᵢ + (1 − β₂)·meanⱼ Hᵢⱼ²/d_Rⱼ, c⁻²),  d_R likewise
///               Q ← qr(L·Q)                                  every f-th t − 1, for each side
///
/// with c = max(10, min(the side's length, 4000)).
///
/// Lin et al. 2025, *Understanding and Improving Shampoo and SOAP via Kullback-Leibler Minimization*, arXiv:2509.03378.
public struct KLShampoo: MatrixRule {
  public var learningRate = 1e-3
  public var beta1 = 0.9
  public var beta2 = 0.98
  public var epsilon = 1e-8
  public var weightDecay = 0.01
  public var preconditionFrequency = 10
  public var initialFactor = 0.1
  public var maximumDimension = 10_000

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - beta1: β₁ in [0, 1), the decay rate of the mean of gradients.
  ///   - beta2: β₂ in [0, 1), of factors and eigenvalues.
  ///   - epsilon: ε ≥ 0, outside the root.
  ///   - weightDecay: λ ≥ 0, decoupled, after the step.
  ///   - preconditionFrequency: f ≥ 1, after how many steps the bases are turned.
  ///   - initialFactor: κ > 0, the eigenvalues at first.
  ///   - maximumDimension: The longest side that has a factor; of a longer one the basis stays as it is.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.98, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, preconditionFrequency: Int = 10, initialFactor: Double = 0.1,
    maximumDimension: Int = 10_000
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.preconditionFrequency = preconditionFrequency
    self.initialFactor = initialFactor
    self.maximumDimension = maximumDimension
  }

  public static let name: StaticString = "kl-shampoo"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Shampoo with factors of least Kullback-Leibler divergence and eigenvalues that are kept apart.",
    equation: """
      step 1: L ← (1 − β₂)GGᵀ/n,  R ← (1 − β₂)GᵀG/m;  Q_L, Q_R their eigenvectors, d_L, d_R ← κ; no weight moves
      m ← β₁m + (1 − β₁)G
      W ← (1 − ηλ)(W − η·Q_L((Q_LᵀmQ_R)ᵢⱼ/(√(d_Lᵢd_Rⱼ) + ε))Q_Rᵀ)
      L ← β₂L + (1 − β₂)/n·GQ_R·diag(1/d_R)·Q_RᵀGᵀ,  R likewise
      H = Q_LᵀGQ_R,  d_Lᵢ ← max(β₂d_Lᵢ + (1 − β₂)·meanⱼ Hᵢⱼ²/d_Rⱼ, c⁻²),  d_R likewise,  c = max(10, min(side, 4000))
      every f-th t − 1: Q ← qr(L·Q)
      """,
    flopsPerWeight: 20,
    hugeGradients: .grows,
    differences: """
      PyTorch has no KL-Shampoo. The authors' code, but for a knob max-precondition-dim, beyond which a side keeps its \
      eigenvalues in the weights' own basis, and for vectors, which are n×1 matrices here. flops a weight: without the \
      products with the bases.
      """,
    references: [
      "Lin et al. 2025, Understanding and Improving Shampoo and SOAP via Kullback-Leibler Minimization, arXiv:2509.03378"
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("beta1", "Decay rate of the mean of gradients, β₁.", { $0.beta1 }, { $0.beta1 = $1 }),
      .averaging("beta2", "Decay rate of factors and eigenvalues, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .epsilon("Added to the root, ε.", { $0.epsilon }, { $0.epsilon = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ after a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .preconditionFrequency(
        "After how many steps the bases are turned.", { $0.preconditionFrequency },
        { $0.preconditionFrequency = $1 }),
      .number(
        "init-factor", in: KnobRange(1e-30), scale: .logarithmic, "The eigenvalues at first, κ.",
        { $0.initialFactor }, { $0.initialFactor = $1 }),
      .maximumDimension({ $0.maximumDimension }, { $0.maximumDimension = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case mean, leftFactor, rightFactor, leftBasis, rightBasis, leftValues, rightValues

    public var name: StaticString {
      switch self {
      case .mean: "exp_avg"
      case .leftFactor: "GG_left"
      case .rightFactor: "GG_right"
      case .leftBasis: "Q_left"
      case .rightBasis: "Q_right"
      case .leftValues: "eig_left"
      case .rightValues: "eig_right"
      }
    }
    public var extent: StateExtent { self == .mean ? .weight : .factor }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    switch part {
    case .mean: weights
    case .leftFactor, .leftBasis: factorShape(weights.rows, of: weights, maximum: maximumDimension)
    case .rightFactor, .rightBasis: factorShape(weights.columns, of: weights, maximum: maximumDimension)
    case .leftValues: weights.count > 0 ? [weights.rows] : nil
    case .rightValues: weights.count > 0 ? [weights.columns] : nil
    }
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .after(weightDecay) }
  public func decay(at step: Int) -> WeightDecay { step == 1 ? .none : decay }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    EigenbasisWorkspace(shape, maximum: maximumDimension, on: machine).byteCount
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let products = FactorProducts(step)
    let memory = EigenbasisWorkspace(step.shape, maximum: maximumDimension, on: step.machine)
    guard step.number > 1 else { return begin(step, products, memory) }
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let (a, b) = (memory.first.pointer(in: step.workspace), memory.second.pointer(in: step.workspace))
    let bases = MatrixBases(
      rows: rows, columns: columns, left: leftSide(step).map { UnsafePointer($0.vectors) },
      right: rightSide(step).map { UnsafePointer($0.vectors) })
    average(step.gradient, into: step[.mean], step.shape.count, keeping: beta1)
    bases.enter(step[.mean], into: a, by: b, products)
    for row in 0..<rows {
      for column in 0..<columns {
        let root = (step[.leftValues][row].wide * step[.rightValues][column].wide).squareRoot() + epsilon
        a[row * columns + column] = Scalar(nearest: a[row * columns + column].wide / root)
      }
    }
    bases.leave(a, into: step.direction, by: b, products)
    accumulate(step, products, memory)
    bases.enter(step.gradient, into: a, by: b, products)
    follow(step, a, memory.values.pointer(in: step.workspace))
    guard (step.number - 1) % preconditionFrequency == 0 else { return }
    leftSide(step)?.refresh(products, memory.side, step.workspace, sorts: false)
    rightSide(step)?.refresh(products, memory.side, step.workspace, sorts: false)
  }

  /// The first step makes the factors and their bases.
  private func begin<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ products: FactorProducts<Scalar>, _ memory: EigenbasisWorkspace<Scalar>
  ) {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    if let left = leftSide(step) {
      products.addLeftGram(
        of: step.gradient, rows: rows, columns: columns, to: step[.leftFactor], share: (1 - beta2) / Double(columns),
        keep: 0)
      left.decompose(products, memory.side, step.workspace)
    }
    if let right = rightSide(step) {
      products.addRightGram(
        of: step.gradient, rows: rows, columns: columns, to: step[.rightFactor], share: (1 - beta2) / Double(rows),
        keep: 0)
      right.decompose(products, memory.side, step.workspace)
    }
    step[.leftValues].update(repeating: Scalar(nearest: initialFactor), count: rows)
    step[.rightValues].update(repeating: Scalar(nearest: initialFactor), count: columns)
    step.direction.update(repeating: 0, count: step.shape.count)
  }

  /// Each factor takes in the gradient, whitened on its other side.
  private func accumulate<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ products: FactorProducts<Scalar>, _ memory: EigenbasisWorkspace<Scalar>
  ) {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let (a, b) = (memory.first.pointer(in: step.workspace), memory.second.pointer(in: step.workspace))
    if leftSide(step) != nil {
      let right = rightSide(step).map { UnsafePointer($0.vectors) }
      MatrixBases(rows: rows, columns: columns, left: nil, right: right).enter(
        step.gradient, into: a, by: b, products)
      for column in 0..<columns {
        let scale = Scalar(nearest: 1 / step[.rightValues][column].wide.squareRoot())
        for row in 0..<rows { a[row * columns + column] *= scale }
      }
      products.addLeftGram(
        of: a, rows: rows, columns: columns, to: step[.leftFactor], share: (1 - beta2) / Double(columns), keep: beta2)
    }
    if rightSide(step) != nil {
      let left = leftSide(step).map { UnsafePointer($0.vectors) }
      MatrixBases(rows: rows, columns: columns, left: left, right: nil).enter(
        step.gradient, into: a, by: b, products)
      for row in 0..<rows {
        let scale = Scalar(nearest: 1 / step[.leftValues][row].wide.squareRoot())
        for column in 0..<columns { a[row * columns + column] *= scale }
      }
      products.addRightGram(
        of: a, rows: rows, columns: columns, to: step[.rightFactor], share: (1 - beta2) / Double(rows), keep: beta2)
    }
  }

  /// The eigenvalues take in the gradient H in the bases, each side with the other's old ones.
  private func follow<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ h: UnsafePointer<Scalar>, _ sums: UnsafeMutablePointer<Double>
  ) {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let (left, right) = (step[.leftValues], step[.rightValues])
    sums.update(repeating: 0, count: columns)
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<columns {
        let square = h[row * columns + column].wide * h[row * columns + column].wide
        sum += square / right[column].wide
        sums[column] += square / left[row].wide
      }
      left[row] = moved(left[row], to: sum / Double(columns), side: rows)
    }
    for column in 0..<columns {
      right[column] = moved(right[column], to: sums[column] / Double(rows), side: columns)
    }
  }

  private func moved<Scalar: WeightScalar>(_ value: Scalar, to new: Double, side: Int) -> Scalar {
    let c = Double(max(10, min(side, 4000)))
    return Scalar(nearest: max(beta2 * value.wide + (1 - beta2) * new, 1 / (c * c)))
  }

  private func leftSide<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) -> Eigenbasis<Scalar>? {
    step.shape.rows <= maximumDimension
      ? Eigenbasis(count: step.shape.rows, factor: step[.leftFactor], vectors: step[.leftBasis]) : nil
  }

  private func rightSide<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) -> Eigenbasis<Scalar>? {
    step.shape.columns <= maximumDimension
      ? Eigenbasis(count: step.shape.columns, factor: step[.rightFactor], vectors: step[.rightBasis]) : nil
  }
}
