public import Downhill
public import DownhillBase

/// Shampoo: the gradient between the inverse fourth roots of what its rows and its columns have in common.
///
///     L ← β₂L + (1 − β₂)GGᵀ,  R ← β₂R + (1 − β₂)GᵀG        β₂ = 1 sums: L + GGᵀ
///     L⁻ = (L/(1 − β₂ᵗ) + εI)^(−1/4) by eigenvalues, R⁻     every f-th step
///     m ← β₁m + (1 − β₁)G,  m̂ = m/(1 − β₁ᵗ)
///     D = L⁻m̂R⁻                                             D = m̂ before there is a root
///     W ← (1 − ηλ)W − ηD
///
/// With grafting D takes the length of another rule's step F, block by block: m̂ (sgd), m̂/(√v + ε') with v the sum of G²
/// (adagrad), its mean (rmsprop), or its corrected mean (adam).
///
/// Gupta, Koren, Singer 2018, *Shampoo: Preconditioned Stochastic Tensor Optimization*, arXiv:1802.09568; order, blocks
/// and grafting of Shi et al. 2023, *A Distributed Data-Parallel PyTorch Implementation of the Distributed Shampoo
/// Optimizer*, arXiv:2309.06497.
public struct Shampoo: MatrixRule {
  /// Whose step gives the length.
  public enum Grafting: KnobChoice, BitwiseCopyable {
    case none, sgd, adagrad, rmsprop, adam

    public var knobName: StaticString {
      switch self {
      case .none: "none"
      case .sgd: "sgd"
      case .adagrad: "adagrad"
      case .rmsprop: "rmsprop"
      case .adam: "adam"
      }
    }

    /// Whether it divides by a root of squares.
    var isAdaptive: Bool { self == .adagrad || self == .rmsprop || self == .adam }
  }

  public var learningRate = 0.01
  public var beta1 = 0.9
  /// Sums, as in the paper.
  public var beta2 = 1.0
  public var epsilon = 1e-12
  public var weightDecay = 0.0
  public var preconditionFrequency = 1
  public var blockSize = 1024
  public var grafting = Grafting.none
  public var graftingBeta2 = 0.999
  public var graftingEpsilon = 1e-8

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - beta1: β₁ in [0, 1), the decay rate of the mean of gradients; 0 for none.
  ///   - beta2: β₂ in [0, 1], of the factors; 1 sums.
  ///   - epsilon: ε ≥ 0, added to every eigenvalue.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - preconditionFrequency: f ≥ 1, after how many steps the roots are taken anew.
  ///   - blockSize: The longest side of a block; a larger matrix is cut.
  ///   - grafting: Whose step gives the length.
  ///   - graftingBeta2: γ in [0, 1), the decay rate of that rule's mean of squares.
  ///   - graftingEpsilon: ε' ≥ 0, added to its root.
  public init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 1, epsilon: Double = 1e-12, weightDecay: Double = 0,
    preconditionFrequency: Int = 1, blockSize: Int = 1024, grafting: Grafting = .none, graftingBeta2: Double = 0.999,
    graftingEpsilon: Double = 1e-8
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.preconditionFrequency = preconditionFrequency
    self.blockSize = blockSize
    self.grafting = grafting
    self.graftingBeta2 = graftingBeta2
    self.graftingEpsilon = graftingEpsilon
  }

  public static let name: StaticString = "shampoo"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Puts the gradient between the inverse fourth roots of its rows' and its columns' second moments.",
    equation: """
      L ← β₂L + (1 − β₂)GGᵀ,  R ← β₂R + (1 − β₂)GᵀG        (β₂ = 1 sums: L + GGᵀ)
      every f-th step: L⁻ = (L/(1 − β₂ᵗ) + εI)^(−1/4), R⁻
      m ← β₁m + (1 − β₁)G,  m̂ = m/(1 − β₁ᵗ)
      D = L⁻m̂R⁻                                             (m̂ before there is a root)
      W ← (1 − ηλ)W − ηD                                     (with grafting at the length of another rule's step)
      """,
    flopsPerWeight: 10,
    hugeGradients: .stalls,
    differences: """
      PyTorch has no Shampoo. The paper's with a mean of gradients; Distributed Shampoo (Meta) weights gradient and \
      factors the same with grafting as here, and defaults to beta1 = 0.9 and blocks of 1024. A vector is an n×1 \
      matrix, a filter one of its first dimension by all others. flops a weight: without products and roots.
      """,
    references: [
      "Gupta, Koren, Singer 2018, Shampoo: Preconditioned Stochastic Tensor Optimization, arXiv:1802.09568",
      "Shi et al. 2023, A Distributed Data-Parallel PyTorch Implementation of the Distributed Shampoo Optimizer, arXiv:2309.06497",
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("beta1", "Decay rate of the mean of gradients, β₁; 0 for none.", { $0.beta1 }, { $0.beta1 = $1 }),
      .number("beta2", in: KnobRange(0, 1), "Decay rate of the factors, β₂; 1 sums.", { $0.beta2 }, { $0.beta2 = $1 }),
      .epsilon("Added to every eigenvalue, ε.", { $0.epsilon }, { $0.epsilon = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .preconditionFrequency(
        "After how many steps the roots are taken anew.", { $0.preconditionFrequency },
        { $0.preconditionFrequency = $1 }),
      .integer(
        "block-size", in: KnobRange(1, 65_536), "The longest side of a block; a larger matrix is cut.",
        { $0.blockSize }, { $0.blockSize = $1 }),
      .choice("grafting", "Whose step gives the length.", { $0.grafting }, { $0.grafting = $1 }),
      .averaging(
        "grafting-beta2", "Decay rate of the squares of rmsprop and adam in grafting, γ.", { $0.graftingBeta2 },
        { $0.graftingBeta2 = $1 }),
      .number(
        "grafting-eps", in: KnobRange(0), scale: .logarithmic, "Added to the root in grafting, ε'.",
        { $0.graftingEpsilon }, { $0.graftingEpsilon = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case mean, leftFactor, rightFactor, leftRoot, rightRoot, squares

    public var name: StaticString {
      switch self {
      case .mean: "exp_avg"
      case .leftFactor: "GG_left"
      case .rightFactor: "GG_right"
      case .leftRoot: "inv_left"
      case .rightRoot: "inv_right"
      case .squares: "exp_avg_sq"
      }
    }
    public var extent: StateExtent {
      switch self {
      case .mean, .squares: .weight
      case .leftFactor, .rightFactor, .leftRoot, .rightRoot: .factor
      }
    }
  }

  public func keeps(_ part: Part) -> Bool {
    switch part {
    case .mean: beta1 != 0
    case .squares: grafting.isAdaptive
    case .leftFactor, .rightFactor, .leftRoot, .rightRoot: true
    }
  }

  /// Of a matrix that is cut the factors of all blocks stand one behind the other.
  public func shape(of part: Part, for weights: Shape) -> Shape? {
    if part == .mean || part == .squares { return weights }
    guard weights.count > 0 else { return nil }
    let grid = MatrixGrid(weights, blockSize: blockSize)
    return switch part {
    case .leftFactor, .leftRoot: grid.isWhole ? [weights.rows, weights.rows] : [grid.leftCount]
    default: grid.isWhole ? [weights.columns, weights.columns] : [grid.rightCount]
    }
  }

  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    ShampooWorkspace(shape, self, on: machine).byteCount
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let work = ShampooWorkspace(step.shape, self, on: step.machine)
    let (products, memory) = (FactorProducts(step), step.workspace)
    let hasRoot = step.number >= preconditionFrequency
    smooth(step)
    // Without a root the other rule's step is all there is.
    let graft = hasRoot ? work.graft.pointer(in: memory) : step.direction
    if grafting.isAdaptive { adapt(step, into: graft) }
    let (x, y, way) = (work.x.pointer(in: memory), work.y.pointer(in: memory), work.way.pointer(in: memory))
    let grid = work.grid
    grid.forEach { block in
      let (left, right) = (step[.leftRoot] + block.leftStart, step[.rightRoot] + block.rightStart)
      grid.gather(block, of: step.gradient, into: x)
      accumulate(step, block, x, products)
      if step.number % preconditionFrequency == 0 {
        takeRoot(
          of: step[.leftFactor] + block.leftStart, block.rows, into: left, at: step.number, products, work, memory)
        takeRoot(
          of: step[.rightFactor] + block.rightStart, block.columns, into: right, at: step.number, products, work,
          memory)
      }
      guard hasRoot else { return }
      grid.gather(block, of: step.direction, into: x)
      let bases = MatrixBases<Scalar>(rows: block.rows, columns: block.columns, left: left, right: right)
      bases.leave(x, into: y, by: way, products)
      if grafting.isAdaptive { grid.gather(block, of: graft, into: x) }
      let count = block.rows * block.columns
      let length = grafting == .none ? 1 : quotient(norm(x, count), norm(y, count))
      for row in 0..<block.rows {
        let target = step.direction + (block.row + row) * grid.columns + block.column
        for column in 0..<block.columns {
          target[column] = Scalar(nearest: length * y[row * block.columns + column].wide)
        }
      }
    }
  }

  /// The direction becomes m̂.
  private func smooth<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let count = step.shape.count
    guard beta1 != 0 else { return step.direction.update(from: step.gradient, count: count) }
    let mean = step[.mean]
    average(step.gradient, into: mean, count, keeping: beta1)
    let correction = Scalar(nearest: 1 / (1 - power(beta1, step.number)))
    for place in 0..<count { step.direction[place] = correction * mean[place] }
  }

  /// v takes in the gradient, and F = m̂/(√v + ε').
  private func adapt<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, into target: UnsafeMutablePointer<Scalar>
  ) {
    let (v, count) = (step[.squares], step.shape.count)
    if grafting == .adagrad {
      for place in 0..<count { v[place] += step.gradient[place] * step.gradient[place] }
    } else {
      averageSquares(of: step.gradient, into: v, count, keeping: graftingBeta2)
    }
    let correction = Scalar(nearest: grafting == .adam ? 1 / (1 - power(graftingBeta2, step.number)) : 1)
    let epsilon = Scalar(nearest: graftingEpsilon)
    for place in 0..<count {
      let root = (correction * v[place]).squareRoot() + epsilon
      target[place] = root > 0 ? step.direction[place] / root : 0
    }
  }

  private func accumulate<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ block: MatrixGrid.Block, _ gradient: UnsafePointer<Scalar>,
    _ products: FactorProducts<Scalar>
  ) {
    let share = beta2 == 1 ? 1 : 1 - beta2
    products.addLeftGram(
      of: gradient, rows: block.rows, columns: block.columns, to: step[.leftFactor] + block.leftStart, share: share,
      keep: beta2)
    products.addRightGram(
      of: gradient, rows: block.rows, columns: block.columns, to: step[.rightFactor] + block.rightStart,
      share: share, keep: beta2)
  }

  /// (A + εI)^(−1/4) of A = factor/(1 − β₂ᵗ). A factor that is not finite leaves the root as it was.
  private func takeRoot<Scalar: WeightScalar>(
    of factor: UnsafePointer<Scalar>, _ count: Int, into root: UnsafeMutablePointer<Scalar>, at step: Int,
    _ products: FactorProducts<Scalar>, _ work: ShampooWorkspace<Scalar>, _ memory: UnsafeMutableRawPointer
  ) {
    let (vectors, scaled) = (work.vectors.pointer(in: memory), work.scaled.pointer(in: memory))
    let values = work.values.pointer(in: memory)
    let scratch = work.scratch.pointer(in: memory)
    guard products.machine.decompositions.eigen(factor, count, vectors, values, scratch) else { return }
    let correction = beta2 == 1 ? 1 : 1 / (1 - power(beta2, step))
    for place in 0..<count {
      let size = max(values[place].wide * correction, 0) + epsilon
      values[place] = Scalar(nearest: size > 0 ? 1 / size.squareRoot().squareRoot() : 0)
    }
    for row in 0..<count {
      for column in 0..<count { scaled[row * count + column] = vectors[row * count + column] * values[column] }
    }
    products.multiply(.rightTransposed, scaled, vectors, into: root, rows: count, inner: count, columns: count)
  }
}

/// What a step of Shampoo takes beside its state.
struct ShampooWorkspace<Scalar: WeightScalar> {
  let grid: MatrixGrid
  let x, y, way, graft, vectors, scaled, values: WorkspacePart<Scalar>
  let scratch: WorkspacePart<Double>
  let byteCount: Int

  init(_ shape: Shape, _ rule: Shampoo, on machine: MatrixMachine<Scalar>) {
    grid = MatrixGrid(shape, blockSize: rule.blockSize)
    let isEmpty = shape.count == 0
    let (rows, columns) = isEmpty ? (0, 0) : grid.largest
    let side = max(rows, columns)
    var layout = WorkspaceLayout()
    x = layout.reserve(rows * columns, of: Scalar.self)
    y = layout.reserve(rows * columns, of: Scalar.self)
    way = layout.reserve(rows * columns, of: Scalar.self)
    graft = layout.reserve(rule.grafting.isAdaptive ? shape.count : 0, of: Scalar.self)
    vectors = layout.reserve(side * side, of: Scalar.self)
    scaled = layout.reserve(side * side, of: Scalar.self)
    values = layout.reserve(side, of: Scalar.self)
    scratch = layout.reserve(machine.decompositions.eigenScratch(side), of: Double.self)
    byteCount = layout.byteCount
  }
}
