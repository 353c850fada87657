public import Downhill
public import DownhillBase

/// Steepest descent under a norm: of all steps of one size, as the norm measures it, the one that goes farthest downhill.
///
///     B ← μB + (1 − μ)G
///     U = (1 − μ)G + μB with Nesterov, else B; G without momentum
///     d = argmax ⟨U, d⟩ over ‖d‖ ≤ 1,  ‖U‖* = ⟨U, d⟩
///     W ← (1 − ηλ)W − η·‖U‖*·d                      dual=false: − η·d
///
/// With the dual norm it minimises ⟨U, ΔW⟩ + ‖ΔW‖²/2η, as gradient descent does under Euclid's norm; without it every step
/// has size η. SGD is the step of `frobenius`, sign-SGD of `max`, Muon of `spectral`, Scion of `rms-to-rms` and its like.
///
/// Bernstein, Newhouse 2024, *Old Optimizer, New Norm: An Anthology*, arXiv:2409.20325; Large et al. 2024, *Scalable
/// Optimization in the Modular Norm*, arXiv:2405.14813; Pethick et al. 2025, *Training Deep Learning Models with
/// Norm-Constrained LMOs*, arXiv:2502.07529.
public struct Steepest: MatrixRule, OrthogonalizingRule {
  public var learningRate = 0.01
  public var norm = MatrixNorm.spectral
  public var p = 4.0
  public var scalesByDual = true
  public var momentum = 0.0
  public var nesterov = false
  public var weightDecay = 0.0
  public var transposed = false
  public var orthogonalizer = Orthogonalizer(.svd)

  public init() {}

  /// - Parameters:
  ///   - norm: What a step's size is measured by.
  ///   - learningRate: η ≥ 0.
  ///   - p: Schatten's p, in [1.01, 1000].
  ///   - scalesByDual: Whether a step is as long as the gradient is large, by the dual norm.
  ///   - momentum: μ in [0, 1), the decay rate of the average of gradients; 0 for none.
  ///   - nesterov: Whether to look ahead.
  ///   - weightDecay: λ ≥ 0, decoupled.
  ///   - transposed: Whether a tensor lies [inputs, outputs], as an embedding's table does.
  ///   - orthogonalizer: What finds the orthogonal factor for `spectral` and `rms-to-rms`.
  public init(
    _ norm: MatrixNorm, learningRate: Double, p: Double = 4, scalesByDual: Bool = true, momentum: Double = 0,
    nesterov: Bool = false, weightDecay: Double = 0, transposed: Bool = false,
    orthogonalizer: Orthogonalizer = Orthogonalizer(.svd)
  ) {
    self.norm = norm
    self.learningRate = learningRate
    self.p = p
    self.scalesByDual = scalesByDual
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.transposed = transposed
    self.orthogonalizer = orthogonalizer
  }

  public static let name: StaticString = "steepest"
  public static let about = RuleDescription(
    family: "matrix",
    summary: "Steepest descent under a norm that you name: SGD, sign-SGD, Muon and Scion are cases.",
    equation: """
      B ← μB + (1 − μ)G
      U = (1 − μ)G + μB with Nesterov, else B             (G without momentum)
      d = argmax ⟨U, d⟩ over ‖d‖ ≤ 1,  ‖U‖* = ⟨U, d⟩
      W ← (1 − ηλ)W − η·‖U‖*·d                             (dual=false: − η·d)
      """,
    flopsPerWeight: 4,
    hugeGradients: .proportional,
    differences: """
      PyTorch has sgd, which is norm=frobenius, and Muon, which is norm=spectral, dual=false up to its scale. A zero \
      gradient has no direction and moves nothing; of several steepest directions it takes the one of full rank over \
      what the gradient spans, and of equal numbers the first. flops a weight: without the singular values.
      """,
    references: [
      "Bernstein, Newhouse 2024, Old Optimizer, New Norm: An Anthology, arXiv:2409.20325",
      "Large et al. 2024, Scalable Optimization in the Modular Norm, arXiv:2405.14813",
      "Pethick et al. 2025, Training Deep Learning Models with Norm-Constrained LMOs, arXiv:2502.07529",
    ])
  public static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .choice("norm", "What a step's size is measured by.", { $0.norm }, { $0.norm = $1 }),
      .number("p", in: KnobRange(1.01, 1000), scale: .logarithmic, "Schatten's p.", { $0.p }, { $0.p = $1 }),
      .flag(
        "dual", "Whether a step is as long as the gradient is large, by the dual norm.", { $0.scalesByDual },
        { $0.scalesByDual = $1 }),
      .averaging(
        "momentum", "Decay rate of the average of gradients, μ; 0 for none.", { $0.momentum }, { $0.momentum = $1 }),
      .flag("nesterov", "Looks ahead along the momentum.", { $0.nesterov }, { $0.nesterov = $1 }),
      .weightDecay("Decoupled: W shrinks by ηλ a step.", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .flag(
        "transposed", "Whether a tensor lies [inputs, outputs], as an embedding's table does.", { $0.transposed },
        { $0.transposed = $1 }),
    ] + Knob.orthogonalizer
  }

  public enum Part: Int, StatePart {
    case momentum

    public var name: StaticString { "momentum_buffer" }
  }

  public func keeps(_ part: Part) -> Bool { momentum != 0 }
  public var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  public func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    Workspace(shape, self, on: machine).byteCount
  }

  private struct Workspace<Scalar: WeightScalar> {
    /// U, where it is neither the gradient nor the momentum.
    let ahead: WorkspacePart<Scalar>
    /// Where the norm asks for singular values.
    let singular: SingularDualityMap.Memory<Scalar>?
    let orthogonalizer: WorkspacePart<UInt8>
    let byteCount: Int

    init(_ shape: Shape, _ rule: Steepest, on machine: MatrixMachine<Scalar>) {
      var layout = WorkspaceLayout()
      ahead = layout.reserve(rule.momentum != 0 && rule.nesterov ? shape.count : 0, of: Scalar.self)
      let isEmpty = shape.count == 0
      singular =
        rule.norm.seesSingularValues && !isEmpty ? SingularDualityMap.Memory(shape, on: machine, in: &layout) : nil
      let stack = MatrixStack(rows: shape.rows, columns: shape.columns)
      orthogonalizer = layout.reserve(
        rule.norm.isSpectral && !isEmpty ? rule.orthogonalizer.workspaceSize(for: stack, on: machine) : 0,
        of: UInt8.self)
      byteCount = layout.byteCount
    }
  }

  public func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (d, count) = (step.direction, step.shape.count)
    let work = Workspace(step.shape, self, on: step.machine)
    let dual = dualize(smoothed(step, work), step, work)
    guard scalesByDual else { return }
    for place in 0..<count { d[place] = Scalar(nearest: dual * d[place].wide) }
  }

  /// U.
  private func smoothed<Scalar: WeightScalar>(
    _ step: MatrixStep<Scalar, Part>, _ work: Workspace<Scalar>
  ) -> UnsafePointer<Scalar> {
    guard momentum != 0 else { return step.gradient }
    let (b, count) = (step[.momentum], step.shape.count)
    average(step.gradient, into: b, count, keeping: momentum)
    guard nesterov else { return UnsafePointer(b) }
    let u = work.ahead.pointer(in: step.workspace)
    let (kept, fresh) = (Scalar(nearest: momentum), Scalar(nearest: 1 - momentum))
    for place in 0..<count { u[place] = fresh * step.gradient[place] + kept * b[place] }
    return UnsafePointer(u)
  }

  /// The direction becomes d; returns ‖U‖*.
  private func dualize<Scalar: WeightScalar>(
    _ u: UnsafePointer<Scalar>, _ step: MatrixStep<Scalar, Part>, _ work: Workspace<Scalar>
  ) -> Double {
    let (d, shape) = (step.direction, step.shape)
    guard norm.isSpectral else {
      d.update(from: u, count: shape.count)
      return work.singular.map {
        SingularDualityMap(norm: norm, p: p)(d, shape, FactorProducts(step), $0, step.workspace)
      } ?? DualityMap(norm, shape, transposed: transposed)(d)
    }
    let (rows, columns) = transposed ? (shape.columns, shape.rows) : (shape.rows, shape.columns)
    orthogonalizer.orthogonalize(
      MatrixStack(rows: shape.rows, columns: shape.columns), from: u, into: d,
      scale: 1 / norm.factor(rows: rows, columns: columns),
      workspace: UnsafeMutableRawPointer(work.orthogonalizer.pointer(in: step.workspace)), on: step.machine, step.loop)
    var sum = LaneSum()
    for place in 0..<shape.count { sum.add(u[place], times: d[place]) }
    return sum.total
  }
}
