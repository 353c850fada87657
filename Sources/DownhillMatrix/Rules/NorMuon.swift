public import Downhill
public import DownhillBase

/// NorMuon: Muon whose rows are evened out by an average of their size, so that no neuron moves more than others.
///
///     U, O as in Muon
///     vᵢ ← β₂vᵢ + (1 − β₂)·meanⱼ Oᵢⱼ²          norm=rows; norm=shorter: along the shorter side
///     Ô = Oᵢⱼ / (√vᵢ + ε)
///     W ← (1 − ηλ)W − η·s·Ô·‖O‖/‖Ô‖
///
/// Li et al. 2025, *NorMuon: Making Muon more efficient and scalable*, arXiv:2510.05491.
///
/// Norms are those of a block that is orthogonalised. There is no bias correction: a common factor of v cancels.
public struct NorMuon: MatrixRule, OrthogonalizingRule, MomentumRule, BlockRule, DecayFormRule {
  /// Along which side of a matrix its squares are averaged.
  public enum Side: KnobChoice, BitwiseCopyable {
    /// One average a row, which is a neuron.
    case rows
    /// One a row of a tall or square matrix, one a column of a wide one: modded-nanogpt's.
    case shorter

    public var knobName: StaticString {
      switch self {
      case .rows: "rows"
      case .shorter: "shorter"
      }
    }
  }

  public var learningRate = 1e-3
  public var weightDecay = 0.1
  public var decayForm = DecayForm.decoupled
  public var momentum = MatrixMomentum()
  public var beta2 = 0.95
  public var rootEpsilon = 1e-8
  public var side = Side.rows
  public var scale = ShapeScale.original
  public var orthogonalizer = Orthogonalizer()
  public var blocks = MatrixBlocks()

  public init() {}

  /// - Parameters:
  ///   - learningRate: η ≥ 0.
  ///   - momentum: The average of gradients, and whether to look ahead along it.
  ///   - beta2: β₂ in [0, 1).
  ///   - rootEpsilon: ε ≥ 0, outside the root.
  ///   - side: Along which side squares are averaged.
  ///   - weightDecay: λ ≥ 0.
  ///   - decayForm: Where λ acts.
  ///   - scale: How the step's size follows from the shape.
  ///   - orthogonalizer: What finds the orthogonal factor.
  ///   - blocks: Into which matrices a tensor is cut.
  public init(
    learningRate: Double, momentum: MatrixMomentum = MatrixMomentum(), beta2: Double = 0.95,
    rootEpsilon: Double = 1e-8, side: Side = .rows, weightDecay: Double = 0.1, decayForm: DecayForm = .decoupled,
    scale: ShapeScale = .original, orthogonalizer: Orthogonalizer = Orthogonalizer(),
    blocks: MatrixBlocks = MatrixBlocks()
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.beta2 = beta2
    self.rootEpsilon = rootEpsilon
    self.side = side
    self.weightDecay = weightDecay
    self.decayForm = decayForm
    self.scale = scale
    self.orthogonalizer = orthogonalizer
    self.blocks = blocks
  }

  public static let name: StaticString = "nor-muon"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Muon whose rows are evened out by an average of their size, at the same length of the whole step.",
    equation: """
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B
      O = the orthogonal factor of U, nearly
      vᵢ ← β₂vᵢ + (1 − β₂)·(mean of O² along row i)
      Ô = Oᵢⱼ/(√vᵢ + ε)
      W ← (1 − ηλ)W − η·s·Ô·‖O‖/‖Ô‖,  s as in muon
      """,
    flopsPerWeight: 14,
    hugeGradients: .bounded,
    differences: """
      PyTorch has no NorMuon. The paper's text has the length 0.2·√(mn), its code that of O times Jordan's scale, as here. \
      Rows of zeros divide by ε, and a matrix of zeros by nothing: some codes give what is not a number there.
      """,
    references: [
      "Li et al. 2025, NorMuon: Making Muon more efficient and scalable, arXiv:2510.05491",
      "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon",
    ])
  public static var knobs: [Knob<Self>] {
    [.learningRate] + Knob.momentum + Knob.decay + [
      .choice("scale", "How the step's size follows from the shape.", { $0.scale }, { $0.scale = $1 }),
      .averaging("beta2", "Decay rate of the averages of squares, β₂.", { $0.beta2 }, { $0.beta2 = $1 }),
      .number(
        "root-eps", in: KnobRange(0), scale: .logarithmic, "Added to the root of an average, ε.", { $0.rootEpsilon },
        { $0.rootEpsilon = $1 }),
      .choice("norm", "Along which side of a matrix its squares are averaged.", { $0.side }, { $0.side = $1 }),
    ] + Knob.orthogonalizer + Knob.blocks
  }

  public enum Part: Int, StatePart {
    case momentum, squares

    public var name: StaticString {
      switch self {
      case .momentum: "momentum_buffer"
      case .squares: "second_momentum_buffer"
      }
    }
    public var extent: StateExtent { self == .squares ? .factor : .weight }
  }

  public func shape(of part: Part, for weights: Shape) -> Shape? {
    guard part == .squares else { return part.extent.shape(for: weights) }
    let stack = blocks.stack(of: weights)
    return [stack.count * averageCount(of: stack)]
  }

  public var decay: WeightDecay { decoupledDecay }

  private func averagesColumns(of stack: MatrixStack) -> Bool { side == .shorter && stack.rows < stack.columns }
  private func averageCount(of stack: MatrixStack) -> Int { averagesColumns(of: stack) ? stack.columns : stack.rows }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let stack = blocks.stack(of: shape)
    return max(
      orthogonalizer.workspaceSize(for: stack, on: machine), stack.columns * MemoryLayout<Double>.stride)
  }

  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? {
    orthogonalizer.iteration?.choice(for: blocks.stack(of: shape), on: machine)
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let update = momentum.advance(step, step[.momentum], into: step.direction, coupledDecay: coupledDecay)
    let stack = blocks.stack(of: step.shape)
    orthogonalizer.orthogonalize(
      stack, from: update, into: step.direction, workspace: step.workspace, on: step.machine, step.loop)
    let averages = NeuronAverages(beta2: beta2, epsilon: rootEpsilon)
    let (rows, columns) = (stack.rows, stack.columns)
    let size = scale.factor(rows: rows, columns: columns)
    for block in 0..<stack.count {
      let (o, v) = (step.direction + block * stack.matrixStride, step[.squares] + block * averageCount(of: stack))
      if averagesColumns(of: stack) {
        let sums = step.workspace.assumingMemoryBound(to: Double.self)
        averages.evenColumns(o, rows: rows, columns: columns, v, scale: size, sums: sums)
      } else {
        averages.evenRows(o, rows: rows, columns: columns, v, scale: size)
      }
    }
  }
}
