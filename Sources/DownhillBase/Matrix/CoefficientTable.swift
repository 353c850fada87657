/// One step of a Newton-Schulz iteration, as what it does to a singular value: σ ← aσ + bσ³ + cσ⁵.
public struct OddPolynomial: Sendable, BitwiseCopyable, Equatable {
  public let a, b, c: Double

  public init(_ a: Double, _ b: Double, _ c: Double) {
    self.a = a
    self.b = b
    self.c = c
  }

  /// The value at σ.
  public func callAsFunction(_ sigma: Double) -> Double {
    let square = sigma * sigma
    return sigma * (a + square * (b + square * c))
  }
}

/// The coefficients of a Newton-Schulz iteration, step by step.
///
/// Each says where it takes singular values from [10⁻³, 1] of the norm in the steps that it was made for.
public enum CoefficientTable: KnobChoice, BitwiseCopyable, Sendable {
  /// One polynomial for every step, steep at 0, at the price of ending anywhere near 1: five steps reach [0.47, 1.20].
  ///
  /// Jordan et al. 2024, *Muon: An optimizer for hidden layers in neural networks*, kellerjordan.github.io/posts/muon.
  case quintic
  /// Five polynomials, [0.48, 1.15], and [0.98, 1.03] from 10⁻² on. You 2025,
  /// x.com/YouJiacheng/status/1905861218138804534; Gram-Newton-Schulz and Emerging-Optimizers call it `quintic` too.
  case you
  /// The best five for what lies above a bound, as the safety of bfloat16 wants them (2 %, which the norm is raised by):
  /// [0.85, 1.14]. Amsel et al. 2025, *The Polar Express*, arXiv:2505.16932; rows of dion and modded-nanogpt.
  case polarExpress
  /// The same made safe by 5 % in the coefficients, as Gram-Newton-Schulz has them: [0.73, 1.12].
  case polarExpressSafe
  /// The best five by Chebyshev's alternation: [0.89, 1.12]. Grishina, Smirnov, Rakhuba 2025, *Accelerating Newton-Schulz
  /// Iteration for Orthogonalization via Chebyshev-type Polynomials*, arXiv:2506.10935; rows of Emerging-Optimizers.
  case cans
  /// Taylor's polynomial of degree five, which approaches 1 from below and never passes it: five steps make little of what
  /// is small, [0.02, 1]. Higham 2008, *Functions of Matrices*, 8.3.
  case classic
  /// Taylor's polynomial of degree three: [0.01, 1] in five steps. Björck, Bowie 1971, *An Iterative Algorithm for
  /// Computing the Best Estimate of an Orthogonal Matrix*.
  case cubic
  /// Five of degree three, a product less a step: [0.12, 1.30]. arXiv:2606.00371; rows of Emerging-Optimizers.
  case cubic5
  /// Eight steps of `quintic` and two that end at 1: ten steps reach [1.000, 1.0005]. DeepSeek-V4 2026; rows of
  /// Emerging-Optimizers.
  case deepseek
  /// Four for what was scaled row by row (`Orthogonalization.Scaling.aol`): [0.15, 1.05]. Boissin et al. 2025,
  /// *Turbo-Muon*, arXiv:2512.04632; rows of flash-newton-schulz.
  ///
  /// The four of that name in Emerging-Optimizers are others: their first is negative from 0.884 on, and turns the first
  /// direction of a matrix of nearly one direction around.
  case aol

  public var knobName: StaticString {
    switch self {
    case .quintic: "quintic"
    case .you: "you"
    case .polarExpress: "polar-express"
    case .polarExpressSafe: "polar-express-safe"
    case .cans: "cans"
    case .classic: "classic"
    case .cubic: "cubic"
    case .cubic5: "cubic5"
    case .deepseek: "deepseek"
    case .aol: "aol"
    }
  }

  /// How many rows there are.
  public var rowCount: Int {
    switch self {
    case .quintic, .classic, .cubic: 1
    case .you, .cans, .cubic5: 5
    case .polarExpress, .polarExpressSafe: 8
    case .deepseek: 10
    case .aol: 4
    }
  }

  /// In how many steps it does what it was made for.
  public var usualSteps: Int {
    switch self {
    case .deepseek: 10
    case .aol: 4
    default: 5
    }
  }

  /// The polynomial of a step, counted from 0; a table's last row repeats.
  public func polynomial(at step: Int) -> OddPolynomial {
    switch self {
    case .quintic: Self.jordan
    case .you: Self.you(step)
    case .polarExpress: step < 5 ? Self.raised(step) : Self.late(step)
    case .polarExpressSafe: step < 5 ? Self.narrowed(step) : Self.late(step)
    case .cans: Self.chebyshev(step)
    case .classic: OddPolynomial(1.875, -1.25, 0.375)
    case .cubic: OddPolynomial(1.5, -0.5, 0)
    case .cubic5: Self.cubic(step)
    case .deepseek: step < 8 ? Self.jordan : OddPolynomial(2, -1.5, 0.5)
    case .aol: Self.turbo(step)
    }
  }

  /// What σ becomes in some steps, from a share of the norm.
  public func map(_ sigma: Double, steps: Int) -> Double {
    var value = sigma / safety
    for step in 0..<steps { value = polynomial(at: step)(value) }
    return value
  }

  /// What the input's norm is multiplied by before the first step.
  public var safety: Double { self == .polarExpress ? 1.02 : 1 }
}

extension CoefficientTable {
  private static var jordan: OddPolynomial { OddPolynomial(3.4445, -4.7750, 2.0315) }

  private static func you(_ step: Int) -> OddPolynomial {
    switch step {
    case 0: OddPolynomial(4.0848, -6.8946, 2.9270)
    case 1: OddPolynomial(3.9505, -6.3029, 2.6377)
    case 2: OddPolynomial(3.7418, -5.5913, 2.3037)
    case 3: OddPolynomial(2.8769, -3.1427, 1.2046)
    default: OddPolynomial(2.8366, -3.0525, 1.2012)
    }
  }

  /// The Polar Express of five steps, each of the first four drawn in by 1.02.
  private static func raised(_ step: Int) -> OddPolynomial {
    switch step {
    case 0: OddPolynomial(8.156554524902461, -22.48329292557795, 15.878769915207462)
    case 1: OddPolynomial(4.042929935166739, -2.808917465908714, 0.5000178451051316)
    case 2: OddPolynomial(3.8916678022926607, -2.772484153217685, 0.5060648178503393)
    case 3: OddPolynomial(3.285753657755655, -2.3681294933425376, 0.46449024233003106)
    default: OddPolynomial(2.3465413258596377, -1.7097828382687081, 0.42323551169305323)
    }
  }

  /// The Polar Express of eight steps, its first five drawn in by 1.05.
  private static func narrowed(_ step: Int) -> OddPolynomial {
    let exact =
      switch step {
      case 0: OddPolynomial(8.28721201814563, -23.595886519098837, 17.300387312530933)
      case 1: OddPolynomial(4.107059111542203, -2.9478499167379106, 0.5448431082926601)
      case 2: OddPolynomial(3.9486908534822946, -2.908902115962949, 0.5518191394370137)
      case 3: OddPolynomial(3.3184196573706015, -2.488488024314874, 0.51004894012372)
      default: OddPolynomial(2.300652019954817, -1.6689039845747493, 0.4188073119525673)
      }
    let (share, cube) = (1.05, 1.05 * 1.05 * 1.05)
    return OddPolynomial(exact.a / share, exact.b / cube, exact.c / (cube * share * share))
  }

  /// The last three of eight.
  private static func late(_ step: Int) -> OddPolynomial {
    switch step {
    case 5: OddPolynomial(1.891301407787398, -1.2679958271945868, 0.37680408948524835)
    case 6: OddPolynomial(1.8750014808534479, -1.2500016453999487, 0.3750001645474248)
    default: OddPolynomial(1.875, -1.25, 0.375)
    }
  }

  private static func chebyshev(_ step: Int) -> OddPolynomial {
    switch step {
    case 0: OddPolynomial(8.4703, -25.1081, 18.6293)
    case 1: OddPolynomial(4.1828, -3.1087, 0.5806)
    case 2: OddPolynomial(3.9619, -2.9541, 0.5630)
    case 3: OddPolynomial(3.2866, -2.4647, 0.5074)
    default: OddPolynomial(2.2737, -1.6447, 0.4162)
    }
  }

  private static func cubic(_ step: Int) -> OddPolynomial {
    switch step {
    case 0: OddPolynomial(3.3656576, -3.3420992, 0)
    case 1: OddPolynomial(2.5744352, -1.4957376, 0)
    case 2: OddPolynomial(2.5368962, -1.4312570, 0)
    case 3: OddPolynomial(2.4418906, -1.2764040, 0)
    default: OddPolynomial(2.2230472, -0.9630650, 0)
    }
  }

  private static func turbo(_ step: Int) -> OddPolynomial {
    switch step {
    case 0: OddPolynomial(4.6051, -9.6552, 5.6769)
    case 1: OddPolynomial(4.7505, -6.0861, 2.1790)
    case 2: OddPolynomial(2.7763, -2.3190, 0.5523)
    default: OddPolynomial(2.4231, -2.2861, 0.8193)
    }
  }
}
