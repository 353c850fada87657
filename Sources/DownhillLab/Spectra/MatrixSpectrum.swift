/// The singular values of a matrix, and what they say of it.
public struct MatrixSpectrum: Sendable {
  /// σ₁ … σᵣ from the largest down; r is the short side.
  public let sigma: [Double]

  public init(_ sigma: [Double]) { self.sigma = sigma }

  private var squares: Double { sigma.reduce(0) { $0 + unit($1) * unit($1) } }
  /// Over the largest, so that squares stay in range.
  private func unit(_ value: Double) -> Double { value / (sigma.first ?? 1) }
  private var isZero: Bool { (sigma.first ?? 0) == 0 }

  /// ‖W‖_F² / σ₁², between 1 and r; not a number for a zero matrix.
  public var stableRank: Double { isZero ? .nan : squares }
  /// σ₁ / σᵣ; infinite where the matrix has less than full rank, not a number where it is zero.
  public var condition: Double { isZero ? .nan : (sigma[0] / sigma[sigma.count - 1]) }
  /// ‖WWᵀ/s² − I‖_F / √r on the short side, s² = ‖W‖_F²/r the mean of σ²: 0 for every multiple of a matrix with
  /// orthonormal rows (or columns), √(r − 1) for one of rank one. Not a number for a zero matrix.
  public var orthogonalityError: Double {
    guard !isZero else { return .nan }
    let (count, mean) = (Double(sigma.count), squares / Double(sigma.count))
    let sum = sigma.reduce(0) { sum, value in
      let excess = unit(value) * unit(value) / mean - 1
      return sum + excess * excess
    }
    return (sum / count).squareRoot()
  }
  /// The root of the mean of (σ − 1)²: how far from the orthogonal factor, that is.
  public var deviation: Double {
    let sum = sigma.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }
    return (sum / Double(sigma.count)).squareRoot()
  }

  /// The members of its JSON; what is infinite or not a number is null.
  var json: [(key: String, value: JSON)] {
    [
      ("singularValues", .numbers(sigma)), ("stableRank", .number(stableRank)), ("condition", .number(condition)),
      ("orthogonalityError", .number(orthogonalityError)),
    ]
  }
}
