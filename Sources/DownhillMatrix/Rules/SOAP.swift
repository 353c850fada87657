public import Downhill
public import DownhillBase

/// SOAP: Adam in the slowly turning eigenbasis of Shampoo's factors.
///
///     step 1    L ← (1 − βₛ)GGᵀ,  R ← (1 − βₛ)GᵀG;  Q_L, Q_R their eigenvectors; no weight moves
///     step t    G' = Q_LᵀGQ_R,  s = t − 1
///               m ← β₁m + (1 − β₁)G,  v ← β₂v + (1 − β₂)G'∘G'
///               W ← W − η·√(1 − β₂ˢ)/(1 − β₁ˢ) · Q_L((Q_LᵀmQ_R)/(√v + ε))Q_Rᵀ
///               W ← (1 − ηλ)W
///               L ← βₛL + (1 − βₛ)GGᵀ,  R ← βₛR + (1 − βₛ)GᵀG
///               Q ← qr(L·Q) in the order of qᵢᵀLqᵢ, v along with it       every f-th s, for each side
///
/// Vyas et al. 2024, *SOAP: Improving and Stabilizing Shampoo using Adam*, arXiv:2409.11321, and the authors' code.
public struct SOAP: MatrixRule {
  public var learningRate = 3e-3
  public var beta1 = 0.95
  public var beta2 = 0.95
  public var shampooBeta = 0.95
  public var epsilon = 1e-8
  public var weightDecay = 0.01
  public var preconditionFrequency = 10
  public var maximumDimension = 10_000

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - beta1: β₁ in [0, 1), the decay rate of the mean of gradients.
  ///   - beta2: β₂ in [0, 1), of the mean of squares in the eigenbasis.
  ///   - shampooBeta: βₛ in [0, 1), of the factors.
  ///   - epsilon: ε ≥ 0, outside the root.
  ///   - weightDecay: λ ≥ 0, decoupled, after the step.
  ///   - preconditionFrequency: f ≥ 1, after how many steps the basis is turned.
  ///   - maximumDimension: The longest side that has a factor; of a longer one the basis stays as it is.
  public init(
    learningRate: Double, beta1: Double = 0.95, beta2: Double = 0.95, shampooBeta: Double = 0.95,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01, preconditionFrequency: Int = 10,
    maximumDimension: Int = 10_000
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.shampooBeta = shampooBeta
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.preconditionFrequency = preconditionFrequency
    self.maximumDimension = maximumDimension
  }

  public static let name: StaticString = "soap"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Adam in the slowly turning eigenbasis of Shampoo's factors.",
    equation: """
      step 1: L ← (1 − βₛ)GGᵀ,  R ← (1 − βₛ)GᵀG;  Q_L, Q_R their eigenvectors; no weight moves
      G' = Q_LᵀGQ_R,  s = t − 1
      m ← β₁m + (1 − β₁)G,  v ← β₂v + (1 − β₂)G'∘G'
      W ← W − η·√(1 − β₂ˢ)/(1 − β₁ˢ)·Q_L((Q_LᵀmQ_R)/(√v + ε))Q_Rᵀ
      W ← (1 − ηλ)W
      L ← βₛL + (1 − βₛ)GGᵀ,  R ← βₛR + (1 − βₛ)GᵀG
      every f-th s: Q ← qr(L·Q), columns and v in the order of qᵢᵀLqᵢ
      """,
    flopsPerWeight: 16,
    hugeGradients: .stalls,
    differences: """
      PyTorch has no SOAP. The authors' code with normalize_grads=False and correct_bias=True, but for tensors of one \
      dimension, which are n×1 matrices here (theirs take plain Adam), and filters, whose first dimension is one side \
      and all others together the other. flops a weight: without the products with the bases.
      """,
    references: ["Vyas et al. 2024, SOAP: Improving and Stabilizing Shampoo using Adam, arXiv:2409.11321"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("beta1", "Decay rate of the mean of gradients, β₁.", { $0.beta1 }, { $0.beta1 = $1 }),
      .averaging(
        "beta2", "Decay rate of the mean of squares in the eigenbasis, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .averaging("shampoo-beta", "Decay rate of the factors, βₛ.", { $0.shampooBeta }, { $0.shampooBeta = $1 }),
      .epsilon("Added to the root, ε.", { $0.epsilon }, { $0.epsilon = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ after a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .preconditionFrequency(
        "After how many steps the bases are turned.", { $0.preconditionFrequency },
        { $0.preconditionFrequency = $1 }),
      .maximumDimension({ $0.maximumDimension }, { $0.maximumDimension = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case mean, variance, leftFactor, rightFactor, leftBasis, rightBasis

    public var name: StaticString {
      switch self {
      case .mean: "exp_avg"
      case .variance: "exp_avg_sq"
      case .leftFactor: "GG_left"
      case .rightFactor: "GG_right"
      case .leftBasis: "Q_left"
      case .rightBasis: "Q_right"
      }
    }
    public var extent: StateExtent {
      switch self {
      case .mean, .variance: .weight
      case .leftFactor, .rightFactor, .leftBasis, .rightBasis: .factor
      }
    }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    switch part {
    case .mean, .variance: weights
    case .leftFactor, .leftBasis: factorShape(weights.rows, of: weights, maximum: maximumDimension)
    case .rightFactor, .rightBasis: factorShape(weights.columns, of: weights, maximum: maximumDimension)
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
    let count = step.shape.count
    if step.number == 1 {
      accumulate(step, products)
      leftSide(step)?.decompose(products, memory.side, step.workspace)
      rightSide(step)?.decompose(products, memory.side, step.workspace)
      step.direction.update(repeating: 0, count: count)
      return
    }
    let (a, b) = (memory.first.pointer(in: step.workspace), memory.second.pointer(in: step.workspace))
    let bases = MatrixBases(
      rows: step.shape.rows, columns: step.shape.columns,
      left: hasLeft(step.shape) ? UnsafePointer(step[.leftBasis]) : nil,
      right: hasRight(step.shape) ? UnsafePointer(step[.rightBasis]) : nil)
    bases.enter(step.gradient, into: a, by: b, products)
    averageSquares(of: a, into: step[.variance], count, keeping: beta2)
    average(step.gradient, into: step[.mean], count, keeping: beta1)
    bases.enter(step[.mean], into: a, by: b, products)
    divide(a, byRootOf: step[.variance], count, at: step.number - 1)
    bases.leave(a, into: step.direction, by: b, products)
    accumulate(step, products)
    if (step.number - 1) % preconditionFrequency == 0 { turn(step, products, memory) }
  }

  private func hasLeft(_ shape: Shape) -> Bool { shape.rows <= maximumDimension }
  private func hasRight(_ shape: Shape) -> Bool { shape.columns <= maximumDimension }

  /// a ← √(1 − β₂ˢ)/(1 − β₁ˢ) · a/(√v + ε).
  private func divide<Scalar: WeightScalar>(
    _ a: UnsafeMutablePointer<Scalar>, byRootOf v: UnsafePointer<Scalar>, _ count: Int, at s: Int
  ) {
    let factor = Scalar(nearest: (1 - power(beta2, s)).squareRoot() / (1 - power(beta1, s)))
    let epsilon = Scalar(nearest: epsilon)
    for place in 0..<count {
      let root = v[place].squareRoot() + epsilon
      a[place] = root > 0 ? factor * (a[place] / root) : 0
    }
  }

  /// The factors take in the gradient.
  private func accumulate<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ products: FactorProducts<Scalar>
  ) {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let (kept, share) = (step.number == 1 ? 0 : shampooBeta, 1 - shampooBeta)
    if hasLeft(step.shape) {
      products.addLeftGram(
        of: step.gradient, rows: rows, columns: columns, to: step[.leftFactor], share: share, keep: kept)
    }
    if hasRight(step.shape) {
      products.addRightGram(
        of: step.gradient, rows: rows, columns: columns, to: step[.rightFactor], share: share, keep: kept)
    }
  }

  /// A step of orthogonal iteration on either side; v follows its columns.
  private func turn<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ products: FactorProducts<Scalar>, _ memory: EigenbasisWorkspace<Scalar>
  ) {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let (v, old) = (step[.variance], memory.first.pointer(in: step.workspace))
    if let left = leftSide(step), let order = left.refresh(products, memory.side, step.workspace, sorts: true) {
      old.update(from: v, count: rows * columns)
      for row in 0..<rows { (v + row * columns).update(from: old + order[row] * columns, count: columns) }
    }
    if let right = rightSide(step), let order = right.refresh(products, memory.side, step.workspace, sorts: true) {
      old.update(from: v, count: rows * columns)
      for row in 0..<rows {
        for column in 0..<columns { v[row * columns + column] = old[row * columns + order[column]] }
      }
    }
  }

  private func leftSide<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) -> Eigenbasis<Scalar>? {
    hasLeft(step.shape)
      ? Eigenbasis(count: step.shape.rows, factor: step[.leftFactor], vectors: step[.leftBasis]) : nil
  }

  private func rightSide<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) -> Eigenbasis<Scalar>? {
    hasRight(step.shape)
      ? Eigenbasis(count: step.shape.columns, factor: step[.rightFactor], vectors: step[.rightBasis]) : nil
  }
}
