public import Downhill
public import DownhillBase

/// Adafactor: Adam's root from the means of squared gradients over rows and over columns, which is next to no state.
///
///     β̂₂ = 1 − t^κ,  ρ = min(η, 1/√t)                    κ = −0.8; relative-step=false: ρ = η
///     r ← β̂₂r + (1 − β̂₂)·(mean of g² along each row),  c the same along each column
///     v̂ᵢⱼ = rᵢcⱼ / max(mean r, ε₁)                        of a vector v̂ ← β̂₂v̂ + (1 − β̂₂)g²
///     u = g/√max(v̂, ε₁²),  u ← u / max(1, RMS(u)/d)
///     m ← β₁m + (1 − β₁)u                                  where β₁ > 0; else m = u
///     w ← (1 − ηλ)w − ρ·max(ε₂, RMS(w))·m
///
/// Shazeer, Stern 2018, *Adafactor: Adaptive Learning Rates with Sublinear Memory Cost*, arXiv:1804.04235.
///
/// A tensor of more than two dimensions is a matrix of its first dimension by all others; PyTorch takes the last two, and
/// the others as a stack of matrices.
public struct Adafactor: MatrixRule {
  /// PyTorch's.
  public var learningRate = 1e-2
  /// The paper's: without a mean there is no state of the weights' size.
  public var beta1 = 0.0
  public var beta2Decay = -0.8
  /// 0 stands for the type's own.
  public var epsilon1 = 0.0
  public var epsilon2 = 1e-3
  public var threshold = 1.0
  public var weightDecay = 0.0
  public var stepsRelatively = true
  public var scalesByWeights = true

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0, the largest relative step.
  ///   - beta1: β₁ in [0, 1); 0 for no mean.
  ///   - beta2Decay: κ in [−10, 0], the power with which the averages' memory grows.
  ///   - epsilon1: ε₁ ≥ 0, the least root; 0 for the unit of the weights' type (2⁻²³ or 2⁻⁵²).
  ///   - epsilon2: ε₂ ≥ 0, the least size of weights that a step is relative to.
  ///   - threshold: d ≥ 1, the largest root mean square of u.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - stepsRelatively: Whether the rate is bounded by 1/√t.
  ///   - scalesByWeights: Whether a step is relative to the size of the weights.
  public init(
    learningRate: Double, beta1: Double = 0, beta2Decay: Double = -0.8, epsilon1: Double = 0, epsilon2: Double = 1e-3,
    threshold: Double = 1, weightDecay: Double = 0, stepsRelatively: Bool = true, scalesByWeights: Bool = true
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2Decay = beta2Decay
    self.epsilon1 = epsilon1
    self.epsilon2 = epsilon2
    self.threshold = threshold
    self.weightDecay = weightDecay
    self.stepsRelatively = stepsRelatively
    self.scalesByWeights = scalesByWeights
  }

  public static let name: StaticString = "adafactor"
  public static let about = RuleDescription(
    family: "adaptive",
    summary: "Keeps the mean squares of rows and of columns in place of each weight's.",
    equation: """
      β̂₂ = 1 − t^κ,  ρ = min(η, 1/√t)                    (relative-step=false: ρ = η)
      r ← β̂₂r + (1 − β̂₂)·(mean of g² along each row),  c along each column
      v̂ᵢⱼ = rᵢcⱼ / max(mean r, ε₁)                        (of a vector v̂ ← β̂₂v̂ + (1 − β̂₂)g²)
      u = g/√max(v̂, ε₁²),  u ← u / max(1, RMS(u)/d)
      m ← β₁m + (1 − β₁)u                                  (where β₁ > 0; else m = u)
      w ← (1 − ηλ)w − ρ·max(ε₂, RMS(w))·m                  (scale-parameter=false: factor 1)
      """,
    flopsPerWeight: 10,
    hugeGradients: .bounded,
    differences: """
      None from torch.optim.Adafactor at two dimensions and less, with relative-step and scale-parameter as they are and \
      beta1 = 0; PyTorch has none of the three. It takes a stack of matrices where there are more dimensions.
      """,
    references: [
      "Shazeer, Stern 2018, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, arXiv:1804.04235"
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("beta1", "Decay rate of the mean of steps, β₁; 0 for none.", { $0.beta1 }, { $0.beta1 = $1 }),
      .number(
        "beta2-decay", in: KnobRange(-10, 0), "Power with which the memory of squares grows, κ.", { $0.beta2Decay },
        { $0.beta2Decay = $1 }),
      .number(
        "eps1", in: KnobRange(0), scale: .logarithmic, "Least root, ε₁; 0 for the unit of the weights' type.",
        { $0.epsilon1 }, { $0.epsilon1 = $1 }),
      .number(
        "eps2", in: KnobRange(0), scale: .logarithmic, "Least size of weights that a step is relative to, ε₂.",
        { $0.epsilon2 }, { $0.epsilon2 = $1 }),
      .number(
        "d", in: KnobRange(1), scale: .logarithmic, "Largest root mean square of a step before the rate.",
        { $0.threshold }, { $0.threshold = $1 }),
      .weightDecay("Decoupled: w shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .flag(
        "relative-step", "Whether the rate is bounded by 1/√t.", { $0.stepsRelatively }, { $0.stepsRelatively = $1 }),
      .flag(
        "scale-parameter", "Whether a step is relative to the size of the weights.", { $0.scalesByWeights },
        { $0.scalesByWeights = $1 }),
    ]
  }

  public enum Part: Int, StatePart {
    case rows, columns, variance, mean

    public var name: StaticString {
      switch self {
      case .rows: "row_var"
      case .columns: "col_var"
      case .variance: "variance"
      case .mean: "exp_avg"
      }
    }
    public var extent: StateExtent {
      switch self {
      case .rows: .rows
      case .columns: .columns
      case .variance: .vector
      case .mean: .weight
      }
    }
  }
  public func keeps(_ part: Part) -> Bool { part != .mean || beta1 != 0 }

  public static var takesVectors: Bool { true }
  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }
  public func rate(at step: Int) -> Double {
    stepsRelatively ? min(learningRate, 1 / Double(step).squareRoot()) : learningRate
  }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    shape.isMatrix ? shape.columns * MemoryLayout<Double>.stride : 0
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let share = Elementary.pow(Double(step.number), beta2Decay)
    let floor = epsilon1 > 0 ? epsilon1 : Scalar.ulpOfOne.wide
    let squares =
      step.shape.isMatrix
      ? factoredDirection(step, share: share, floor: floor) : vectorDirection(step, share: share, floor: floor)
    let count = Double(step.shape.count)
    var factor = 1 / max(1, (squares / count).squareRoot() / threshold)
    if scalesByWeights {
      factor *= max(epsilon2, (sumOfSquares(step.weights, step.shape.count) / count).squareRoot())
    }
    finish(step, factor: factor)
  }

  /// u, by the means of rows and columns; returns the sum of u².
  private func factoredDirection<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, share: Double, floor: Double
  ) -> Double {
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    let columnSums = step.workspace.bindMemory(to: Double.self, capacity: columns)
    columnSums.update(repeating: 0, count: columns)
    var mean = 0.0
    for row in 0..<rows {
      let gradient = step.gradient + row * columns
      for column in 0..<columns { columnSums[column] += gradient[column].wide * gradient[column].wide }
      let square = sumOfSquares(gradient, columns) / Double(columns)
      let kept = average(step[.rows][row], square, share)
      step[.rows][row] = kept
      mean += kept.wide
    }
    for column in 0..<columns {
      step[.columns][column] = average(step[.columns][column], columnSums[column] / Double(rows), share)
    }
    mean = max(mean / Double(rows), floor)
    var total = 0.0
    for row in 0..<rows {
      let ratio = step[.rows][row].wide / mean
      let (gradient, target) = (step.gradient + row * columns, step.direction + row * columns)
      for column in 0..<columns {
        let square = max(ratio * step[.columns][column].wide, floor * floor)
        target[column] = Scalar(nearest: gradient[column].wide / square.squareRoot())
      }
      total += sumOfSquares(target, columns)
    }
    return total
  }

  /// u of a vector, whose squares are kept one by one; returns the sum of u².
  private func vectorDirection<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, share: Double, floor: Double
  ) -> Double {
    for place in 0..<step.shape.count {
      let g = step.gradient[place].wide
      let kept = average(step[.variance][place], g * g, share)
      step[.variance][place] = kept
      step.direction[place] = Scalar(nearest: g / max(kept.wide, floor * floor).squareRoot())
    }
    return sumOfSquares(step.direction, step.shape.count)
  }

  /// An average moved by a share of its distance to a new value; what Float cannot hold becomes the greatest that it can.
  private func average<Scalar: WeightScalar>(_ old: Scalar, _ new: Double, _ share: Double) -> Scalar {
    Scalar(nearest: min(old.wide + share * (new - old.wide), Scalar.greatestFiniteMagnitude.wide))
  }

  /// Scales u, and averages it where a mean is kept.
  private func finish<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>, factor: Double) {
    let target = step.direction
    guard beta1 != 0 else {
      for place in 0..<step.shape.count { target[place] = Scalar(nearest: factor * target[place].wide) }
      return
    }
    let mean = step[.mean]
    for place in 0..<step.shape.count {
      mean[place] = Scalar(nearest: beta1 * mean[place].wide + (1 - beta1) * factor * target[place].wide)
      target[place] = mean[place]
    }
  }
}
