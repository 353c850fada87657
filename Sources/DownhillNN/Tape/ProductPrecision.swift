public import DownhillBase
import DownhillKernels

/// In what numbers the factors of products are. Sums, activations and weights are in float32 all the same.
public enum ProductPrecision: KnobChoice {
  case float
  /// Rounded to 16 bits as a product reads them: range of float32, 8 bits of precision.
  case bfloat16

  /// Its spelling on the command line.
  public var knobName: StaticString {
    switch self {
    case .float: "f32"
    case .bfloat16: "bf16"
    }
  }

  /// Whether this CPU has such products; where it has not, they are computed in float32.
  public var isSupported: Bool { self == .float || KernelLevel.avx512BFloat16.isSupported }

  /// What this CPU computes where this is asked for.
  public var computed: ProductPrecision { isSupported ? self : .float }

  /// For a reader: what is computed, and why where it is not what was asked for.
  /// - Parameter found: What is computed.
  package func text(computedIn found: ProductPrecision) -> String {
    self == found ? "\(knobName)" : "\(found.knobName) since this CPU has no products of \(knobName)"
  }
}
