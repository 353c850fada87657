import CMicrokernels

/// A set of instructions that kernels are written for.
public enum KernelLevel: String, CaseIterable, Sendable, BitwiseCopyable {
  /// What every CPU of its kind has: SSE2 on x86-64, NEON on ARM.
  case portable
  case avx2
  case avx512
  /// AVX-512 with products of bfloat16.
  case avx512BFloat16 = "avx512-bf16"

  /// Whether this CPU has it.
  public var isSupported: Bool { dh_has_level(number) != 0 }

  /// Its number in C.
  var number: dh_level {
    switch self {
    case .portable: dh_portable
    case .avx2: dh_avx2
    case .avx512: dh_avx512
    case .avx512BFloat16: dh_avx512_bf16
    }
  }

  /// Those that this CPU has, the best one last.
  public static let supported: [KernelLevel] = allCases.filter { $0.isSupported }
  /// The best that this CPU has.
  public static var best: KernelLevel { supported.last ?? .portable }
}
