import DownhillBase

/// How gradients at neighbouring weights make the derivative of the gradient along a direction.
///
///     order 2:  (g(w + hv) − g(w − hv)) / 2h                                             off by h²/6 · g‴
///     order 4:  (8(g(w + hv) − g(w − hv)) − (g(w + 2hv) − g(w − 2hv))) / 12h             off by h⁴/30 · g⁽⁵⁾
///
/// The step weighs that against rounding, which is off by ε‖g‖/h: with the scale L on which the gradient changes, both are
/// as large at h‖v‖ = ε^(1/(order + 1)) · L, and are then ε^(order/(order + 1)) of the whole. L is taken as a quarter of the
/// weights' root mean square times √m, m = (Σ|v|)²/Σv² the number of weights that move: along one coordinate that is a
/// quarter of a weight's size, along a random direction 0.2 ‖w‖, since all layers act at once there. Where all weights are
/// 0, their size is taken as 1.
public enum GradientDifference: String, CaseIterable, Sendable {
  /// Two gradients.
  case secondOrder = "second order"
  /// Four gradients.
  case fourthOrder = "fourth order"

  /// Offsets in steps, and the factors of the gradients there.
  var stencil: [(offset: Double, factor: Double)] {
    switch self {
    case .secondOrder: [(1, 0.5), (-1, -0.5)]
    case .fourthOrder: [(1, 2.0 / 3), (-1, -2.0 / 3), (2, -1.0 / 12), (-2, 1.0 / 12)]
    }
  }

  /// h.
  /// - Parameters:
  ///   - weights: Σw², and how many there are.
  ///   - direction: Σ|v| and Σv², the latter above 0.
  ///   - rounding: The relative error of a gradient, ε.
  func step(
    weights: (squares: Double, count: Int), direction: (magnitudes: Double, squares: Double), rounding: Double
  ) -> Double {
    let size = weights.squares > 0 ? (weights.squares / Double(weights.count)).squareRoot() : 1
    let share = Elementary.pow(rounding, self == .secondOrder ? 1.0 / 3 : 1.0 / 5)
    // √m/‖v‖ = Σ|v|/Σv².
    return 0.25 * share * size * direction.magnitudes / direction.squares
  }
}
