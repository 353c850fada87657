import CNetworkKernels
import DownhillBase

/// A function that is applied number by number.
public enum ActivationKind: String, CaseIterable, Sendable {
  case identity
  case relu
  /// max(x, 0)².
  case relu2
  /// x·Φ(x), with the error function itself; Hendrycks, Gimpel 2016, arXiv:1606.08415.
  case gelu
  /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), the same nearly: GPT-2's.
  case geluTanh = "gelu-tanh"
  /// x/(1 + e⁻ˣ).
  case silu
  case tanh

  var kernel: dh_activation {
    switch self {
    case .identity: dh_identity
    case .relu: dh_relu
    case .relu2: dh_relu2
    case .gelu: dh_gelu
    case .geluTanh: dh_gelu_tanh
    case .silu: dh_silu
    case .tanh: dh_tanh
    }
  }

  /// f(x), as plainly as it can be said.
  func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .relu: max(x, 0)
    case .relu2: max(x, 0) * max(x, 0)
    case .gelu: x * normalDistribution(x)
    case .geluTanh: 0.5 * x * (1 + Elementary.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + Elementary.exp(-x))
    case .tanh: Elementary.tanh(x)
    }
  }

  /// f′(x).
  func slope(_ x: Double) -> Double {
    switch self {
    case .identity: return 1
    case .relu: return x > 0 ? 1 : 0
    case .relu2: return 2 * max(x, 0)
    case .gelu: return normalDistribution(x) + x * Elementary.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      let scale = (2 / Double.pi).squareRoot()
      let t = Elementary.tanh(scale * (x + 0.044715 * x * x * x))
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * scale * (1 + 3 * 0.044715 * x * x)
    case .silu:
      let s = 1 / (1 + Elementary.exp(-x))
      return s * (1 + x * (1 - s))
    case .tanh:
      let y = Elementary.tanh(x)
      return 1 - y * y
    }
  }
}

/// Φ(x) = ½ erfc(−x/√2) by the continued fraction of its tail, or by its series near 0.
func normalDistribution(_ x: Double) -> Double {
  let t = x.magnitude
  let density = Elementary.exp(-t * t / 2) / (2 * Double.pi).squareRoot()
  if t < 3 {
    // Σ t^(2k+1) / (1·3·5···(2k+1)): all terms positive.
    var (term, sum, odd) = (t, t, 1.0)
    while term > sum * 0x1p-60 {
      odd += 2
      term *= t * t / odd
      sum += term
    }
    return x < 0 ? 0.5 - density * sum : 0.5 + density * sum
  }
  var fraction = t
  for k in stride(from: 80, to: 0, by: -1) { fraction = t + Double(k) / fraction }
  let tail = density / fraction
  return x < 0 ? tail : 1 - tail
}
