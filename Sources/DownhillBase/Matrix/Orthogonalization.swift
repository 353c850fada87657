/// A Newton-Schulz orthogonalisation, told completely: with a shape and the features of a processor, the bits of its
/// result follow from this.
public struct Orthogonalization: Sendable, BitwiseCopyable, Equatable {
  /// In what numbers it computes.
  public enum Precision: KnobChoice, BitwiseCopyable {
    /// Those of the data.
    case data
    case double, float
    /// Products of numbers of 16 bits, summed in Float.
    case bfloat16

    public var knobName: StaticString {
      switch self {
      case .data: "data"
      case .double: "f64"
      case .float: "f32"
      case .bfloat16: "bf16"
      }
    }
  }

  /// By which products.
  public enum Algorithm: KnobChoice, BitwiseCopyable {
    /// As shape and precision say.
    case automatic
    /// X ← (aI + bA + cA²)X, A = XXᵀ.
    case plain
    /// The same on the small Gram matrix, which is applied to X at the end.
    case gram

    public var knobName: StaticString {
      switch self {
      case .automatic: "auto"
      case .plain: "plain"
      case .gram: "gram"
      }
    }
  }

  /// How X is brought to singular values of at most 1.
  public enum Scaling: KnobChoice, BitwiseCopyable {
    /// Divided by its Frobenius norm.
    case frobenius
    /// Row i divided by √Σⱼ|(XXᵀ)ᵢⱼ| (almost-orthogonal layers; Boissin et al. 2025, arXiv:2512.04632).
    case aol

    public var knobName: StaticString {
      switch self {
      case .frobenius: "frobenius"
      case .aol: "aol"
      }
    }
  }

  public var table: CoefficientTable
  public var steps: Int
  public var precision: Precision
  public var algorithm: Algorithm
  /// After how many steps of the Gram form X itself is multiplied anew; 0 leaves it to shape and precision.
  public var restart: Int
  public var scaling: Scaling
  /// The least norm that X is divided by.
  public var leastNorm: Double

  public init(
    table: CoefficientTable = .quintic, steps: Int = 5, precision: Precision = .data,
    algorithm: Algorithm = .automatic, restart: Int = 0, scaling: Scaling = .frobenius, leastNorm: Double = 0
  ) {
    self.table = table
    self.steps = steps
    self.precision = precision
    self.algorithm = algorithm
    self.restart = restart
    self.scaling = scaling
    self.leastNorm = leastNorm
  }
}
