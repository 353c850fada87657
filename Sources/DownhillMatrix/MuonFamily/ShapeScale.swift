public import DownhillBase

/// How a step's size follows from the shape of a matrix, rows × columns = outputs × inputs.
public enum ShapeScale: KnobChoice, BitwiseCopyable {
  /// √max(1, rows/columns). Jordan et al. 2024, *Muon*, kellerjordan.github.io/posts/muon.
  case original
  /// 0.2·√max(rows, columns): an orthogonal factor then has 0.2 as the root of its mean square, which is AdamW's. Liu et al.
  /// 2025, *Muon is Scalable for LLM Training*, arXiv:2502.16982.
  case matchRMSAdamW
  /// √(rows/columns). Bernstein 2025, *Deriving Muon*, jeremybernste.in/writing/deriving-muon.
  case spectralUnclamped
  /// 1.
  case none

  public var knobName: StaticString {
    switch self {
    case .original: "original"
    case .matchRMSAdamW: "match-rms-adamw"
    case .spectralUnclamped: "spectral-unclamped"
    case .none: "none"
    }
  }

  /// The factor of a matrix of this size.
  public func factor(rows: Int, columns: Int) -> Double {
    let (rows, columns) = (Double(rows), Double(columns))
    return switch self {
    case .original: max(1, rows / columns).squareRoot()
    case .matchRMSAdamW: 0.2 * max(rows, columns).squareRoot()
    case .spectralUnclamped: (rows / columns).squareRoot()
    case .none: 1
    }
  }
}
