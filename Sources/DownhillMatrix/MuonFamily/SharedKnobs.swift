import Downhill
public import DownhillBase

/// A rule that finds orthogonal factors.
protocol OrthogonalizingRule: MatrixRule {
  var orthogonalizer: Orthogonalizer { get set }
}

/// A rule with the momentum of Muon.
protocol MomentumRule: MatrixRule {
  var momentum: MatrixMomentum { get set }
}

/// A rule that cuts tensors into matrices.
protocol BlockRule: MatrixRule {
  var blocks: MatrixBlocks { get set }
}

/// Weight decay in one of two places.
protocol DecayFormRule: MatrixRule {
  var weightDecay: Double { get set }
  var decayForm: DecayForm { get set }
}

/// Where weight decay acts.
public enum DecayForm: KnobChoice, BitwiseCopyable {
  /// W ← (1 − ηλ)W, with the rate that no shape scales.
  case decoupled
  /// G ← G + λW, before the momentum: L2, of which an orthogonal factor leaves the direction only.
  case coupled

  public var knobName: StaticString {
    switch self {
    case .decoupled: "decoupled"
    case .coupled: "coupled"
    }
  }
}

extension DecayFormRule {
  /// λ where decay is a part of the gradient.
  var coupledDecay: Double { decayForm == .coupled ? weightDecay : 0 }
  var decoupledDecay: WeightDecay { decayForm == .coupled || weightDecay == 0 ? .none : .before(weightDecay) }
}

extension Knob where Owner: MomentumRule {
  static var momentum: [Self] {
    [
      .averaging(
        "momentum", "Decay rate of the average of gradients, μ.", { $0.momentum.rate }, { $0.momentum.rate = $1 }),
      .flag("nesterov", "Looks ahead along the momentum.", { $0.momentum.nesterov }, { $0.momentum.nesterov = $1 }),
      .choice(
        "momentum-form", "Whether momentum is an average of gradients or a decaying sum.", { $0.momentum.form },
        { $0.momentum.form = $1 }),
    ]
  }
}

extension Knob where Owner: DecayFormRule {
  static var decay: [Self] {
    [
      .weightDecay(
        "Decoupled: W shrinks by ηλ a step; coupled: λW is added to the gradient.", { $0.weightDecay },
        { $0.weightDecay = $1 }),
      .choice(
        "decay", "Whether weights decay apart from the gradient or in it.", { $0.decayForm }, { $0.decayForm = $1 }),
    ]
  }
}

extension Knob where Owner: OrthogonalizingRule {
  static var orthogonalizer: [Self] {
    [
      .epsilon(
        "The least norm that is divided by.", { $0.orthogonalizer.leastNorm }, { $0.orthogonalizer.leastNorm = $1 }),
      .integer(
        "steps", in: KnobRange(0, 99), "How many Newton-Schulz steps.", { $0.orthogonalizer.steps },
        { $0.orthogonalizer.steps = $1 }),
      .choice(
        "orthogonalizer", "What finds the orthogonal factor.", { $0.orthogonalizer.method },
        { $0.orthogonalizer.method = $1 }),
      .choice(
        "precision", "In what numbers the orthogonal factor is computed.", { $0.orthogonalizer.precision },
        { $0.orthogonalizer.precision = $1 }),
      .choice(
        "algorithm", "Whether Newton-Schulz steps run on the matrix or on its Gram matrix.",
        { $0.orthogonalizer.algorithm }, { $0.orthogonalizer.algorithm = $1 }),
      .integer(
        "restart", in: KnobRange(0, 99), "Steps on the Gram matrix before it is made anew; 0 as precision asks.",
        { $0.orthogonalizer.restart }, { $0.orthogonalizer.restart = $1 }),
    ]
  }
}

extension Knob where Owner: BlockRule {
  static var blocks: [Self] {
    [
      .integer(
        "heads", in: KnobRange(1, 65536), "How many equal blocks of rows are orthogonalised apart.",
        { $0.blocks.heads }, { $0.blocks.heads = $1 }),
      .flag(
        "experts", "Whether a tensor of three dimensions or more is a stack of matrices.", { $0.blocks.experts },
        { $0.blocks.experts = $1 }),
    ]
  }
}
