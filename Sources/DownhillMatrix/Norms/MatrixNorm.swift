public import DownhillBase

/// A norm of matrices W of m × n, by which a step is measured: m outputs of n inputs, as PyTorch's layers lie.
///
/// ‖x‖ of a vector is Euclid's; its root mean square is ‖x‖/√(its length). Wᵢ is a row, Wⱼ a column, σ the singular values.
public enum MatrixNorm: KnobChoice, BitwiseCopyable {
  /// ‖W‖ = √ΣWᵢⱼ².
  case frobenius
  /// σ₁: the largest ‖Wx‖ of ‖x‖ = 1.
  case spectral
  /// Σσ.
  case nuclear
  /// (Σσᵖ)^(1/p), p > 1.
  case schatten
  /// max |Wᵢⱼ|: the largest number that comes out of inputs whose magnitudes sum to 1.
  case max
  /// Σ |Wᵢⱼ|.
  case sum
  /// √(n/m)·σ₁: the largest root mean square that comes out of one of 1.
  case rmsToRMS
  /// maxⱼ ‖Wⱼ‖/√m: the largest root mean square that comes out of one input at 1, as tokens are.
  case oneToRMS
  /// maxᵢ √n·‖Wᵢ‖: the largest number that comes out of a root mean square of 1.
  case rmsToInfinity
  /// maxⱼ ‖Wⱼ‖.
  case oneToTwo
  /// maxᵢ ‖Wᵢ‖.
  case twoToInfinity
  /// maxⱼ Σᵢ |Wᵢⱼ|: the largest sum of magnitudes that comes out of one of 1.
  case columnSum
  /// maxᵢ Σⱼ |Wᵢⱼ|: the largest number that comes out of inputs of at most 1.
  case rowSum

  public var knobName: StaticString {
    switch self {
    case .frobenius: "frobenius"
    case .spectral: "spectral"
    case .nuclear: "nuclear"
    case .schatten: "schatten-p"
    case .max: "max"
    case .sum: "sum"
    case .rmsToRMS: "rms-to-rms"
    case .oneToRMS: "one-to-rms"
    case .rmsToInfinity: "rms-to-inf"
    case .oneToTwo: "one-to-two"
    case .twoToInfinity: "two-to-inf"
    case .columnSum: "column-sum"
    case .rowSum: "row-sum"
    }
  }

  /// Whether its map is the orthogonal factor, up to a scale.
  var isSpectral: Bool { self == .spectral || self == .rmsToRMS }
  /// Whether its map takes every singular value to one of its own.
  var seesSingularValues: Bool { self == .nuclear || self == .schatten }

  /// What the norm of a shape is to that without the shape's factors: √(n/m)·σ₁ is √(n/m) times σ₁.
  ///
  /// The step of norm 1 is divided by it, the dual norm too.
  func factor(rows: Int, columns: Int) -> Double {
    let (m, n) = (Double(rows), Double(columns))
    return switch self {
    case .rmsToRMS: (n / m).squareRoot()
    case .oneToRMS: 1 / m.squareRoot()
    case .rmsToInfinity: n.squareRoot()
    default: 1
    }
  }
}
