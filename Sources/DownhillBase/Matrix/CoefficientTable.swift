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
public enum CoefficientTable: KnobChoice, BitwiseCopyable, Sendable {
  /// Jordan's: steep at 0, so that small singular values grow fast, at the price of ending anywhere in [0.68, 1.13].
  case quintic

  public var knobName: StaticString {
    switch self {
    case .quintic: "quintic"
    }
  }

  /// The polynomial of a step, counted from 0; a table's last row repeats.
  public func polynomial(at step: Int) -> OddPolynomial {
    switch self {
    case .quintic: OddPolynomial(3.4445, -4.7750, 2.0315)
    }
  }

  /// What the input's norm is multiplied by before the first step.
  public var safety: Double { 1 }
}
