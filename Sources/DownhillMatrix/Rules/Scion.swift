public import Downhill
public import DownhillBase

/// Scion: steps along the extreme point of a norm's ball, and, constrained, never leaves the ball.
///
///     M ← μM + (1 − μ)G
///     W ← (1 − η)W − η·ρ·lmo(M)                     constrained=false: without (1 − η)
///
/// lmo(M) of an m×n matrix: √(m/n)·O (spectral; of a convolution filter √(out/in)/(∏k)·O with the kernel's lengths k),
/// sign(M)/n (sign), √m·Mⱼ/‖Mⱼ‖ for each column (column), Mᵢ/(√n·‖Mᵢ‖) for each row (row).
///
/// Pethick et al. 2025, *Training Deep Learning Models with Norm-Constrained LMOs*, arXiv:2502.07529.
public struct Scion: MatrixRule, OrthogonalizingRule {
  /// Whose ball it is.
  public enum Norm: KnobChoice, BitwiseCopyable {
    case spectral, sign, column, row

    public var knobName: StaticString {
      switch self {
      case .spectral: "spectral"
      case .sign: "sign"
      case .column: "column"
      case .row: "row"
      }
    }
  }

  public var learningRate = 1e-3
  /// One less than what the authors' code calls momentum.
  public var momentum = 0.9
  public var radius = 1.0
  public var norm = Norm.spectral
  public var isConstrained = true
  public var orthogonalizer = Orthogonalizer()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0; below 1 where constrained.
  ///   - momentum: μ in [0, 1), the decay rate of the average of gradients.
  ///   - radius: ρ ≥ 0, of the ball.
  ///   - norm: Whose ball it is.
  ///   - isConstrained: Whether weights stay in the ball.
  ///   - orthogonalizer: What finds the orthogonal factor.
  public init(
    learningRate: Double, momentum: Double = 0.9, radius: Double = 1, norm: Norm = .spectral,
    isConstrained: Bool = true, orthogonalizer: Orthogonalizer = Orthogonalizer()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.radius = radius
    self.norm = norm
    self.isConstrained = isConstrained
    self.orthogonalizer = orthogonalizer
  }

  public static let name: StaticString = "scion"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Steps towards the extreme point of a norm's ball, inside of which the weights stay.",
    equation: """
      M ← μM + (1 − μ)G
      W ← (1 − η)W − η·ρ·lmo(M)                     (constrained=false: without 1 − η)
      lmo(M), M of m×n: spectral √(m/n)·(the orthogonal factor of M); sign: sign(M)/n;
      column: √m·Mⱼ/‖Mⱼ‖ for each column; row: Mᵢ/(√n·‖Mᵢ‖) for each row
      """,
    flopsPerWeight: 8,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no Scion. The authors' code calls 1 − μ the momentum, and adds 1e-8 to the norms of rows and columns, which \
      are not divided by here where they are zero. A filter's spectral scale has the kernel's size in it, as theirs.
      """,
    references: ["Pethick et al. 2025, Training Deep Learning Models with Norm-Constrained LMOs, arXiv:2502.07529"])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("momentum", "Decay rate of the average of gradients, μ.", { $0.momentum }, { $0.momentum = $1 }),
      .number(
        "radius", in: KnobRange(0), scale: .logarithmic, "Radius of the ball, ρ.", { $0.radius }, { $0.radius = $1 }),
      .choice("norm", "Whose ball it is.", { $0.norm }, { $0.norm = $1 }),
      .flag(
        "constrained", "Keeps the weights in the ball: W shrinks by η a step.", { $0.isConstrained },
        { $0.isConstrained = $1 }),
    ] + Knob.orthogonalizer
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public var decay: WeightDecay { isConstrained ? .before(1) : .none }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    switch norm {
    case .spectral:
      orthogonalizer.workspaceSize(for: MatrixStack(rows: shape.rows, columns: shape.columns), on: machine)
    case .column: shape.columns * MemoryLayout<Double>.stride
    case .sign, .row: 0
    }
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    norm == .spectral
      ? orthogonalizer.iteration?.choice(for: MatrixStack(rows: shape.rows, columns: shape.columns), on: machine) : nil
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let average = MatrixMomentum(momentum, nesterov: false)
    let mean = average.advance(step, step[.momentum], into: step.direction)
    let (rows, columns) = (step.shape.rows, step.shape.columns)
    switch norm {
    case .spectral:
      orthogonalizer.orthogonalize(
        MatrixStack(rows: rows, columns: columns), from: mean, into: step.direction,
        scale: radius * size(of: step.shape),
        workspace: step.workspace, on: step.machine, step.loop)
    case .sign:
      let size = Scalar(nearest: radius / Double(columns))
      for place in 0..<step.shape.count { step.direction[place] = size * sign(mean[place]) }
    case .row: scaleRows(mean, into: step.direction, rows, columns)
    case .column:
      let sums = step.workspace.assumingMemoryBound(to: Double.self)
      scaleColumns(mean, into: step.direction, rows, columns, sums)
    }
  }

  /// √(out/in)/∏k; √(rows/columns) where there is no kernel.
  private func size(of shape: Shape) -> Double {
    var kernel = 1
    for length in shape.dimensions.dropFirst(2) { kernel *= length }
    return (Double(shape.rows) / (Double(shape.columns) / Double(kernel))).squareRoot() / Double(kernel)
  }

  private func scaleRows<Scalar: WeightScalar>(
    _ mean: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int
  ) {
    let unit = powerOfTwo(mean, rows * columns)
    for row in 0..<rows {
      var squares = 0.0
      for place in row * columns..<(row + 1) * columns {
        let value = unit * mean[place].wide
        squares += value * value
      }
      let factor = quotient(radius / Double(columns).squareRoot(), squares.squareRoot())
      for place in row * columns..<(row + 1) * columns {
        target[place] = Scalar(nearest: factor * (unit * mean[place].wide))
      }
    }
  }

  private func scaleColumns<Scalar: WeightScalar>(
    _ mean: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    let unit = powerOfTwo(mean, rows * columns)
    sums.update(repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let value = unit * mean[row * columns + column].wide
        sums[column] += value * value
      }
    }
    for column in 0..<columns {
      sums[column] = quotient(radius * Double(rows).squareRoot(), sums[column].squareRoot())
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row * columns + column
        target[place] = Scalar(nearest: sums[column] * (unit * mean[place].wide))
      }
    }
  }
}
