import Foundation

extension Figure {
  /// One axis of a panel: what range it shows, on which scale, and what it is called.
  struct Axis: Sendable {
    enum Scale: Sendable {
      case linear
      case log
      /// Linear within the threshold of zero, logarithmic beyond it on both sides.
      case signedLog(threshold: Double)
    }

    let scale: Scale
    let lower: Double
    let upper: Double
    var label: String
    /// Ticks fall on whole numbers only: a count of steps has no halves.
    var wholeNumbers = false
    /// Whether the numbers at the ticks are left out: a panel's neighbour has them.
    var hidesNumbers = false
    /// On a log axis, the place of zero and of what is as good as zero.
    var shelf: Shelf?

    /// A line near the foot of a log axis on which a range round zero is drawn.
    struct Shelf: Equatable, Sendable {
      /// The value at whose place it is drawn.
      var place: Double
      var range: ClosedRange<Double>
      var label: String
    }

    /// A range that cannot be drawn (not finite, empty, not positive on a log axis) is widened to one that can.
    init(_ scale: Scale, from lower: Double, to upper: Double, label: String = "") {
      self.scale = scale
      self.label = label
      let largest = 1e300
      var low = lower.isFinite ? min(max(lower, -largest), largest) : 0
      var high = upper.isFinite ? min(max(upper, -largest), largest) : low
      if low > high { swap(&low, &high) }
      switch scale {
      case .linear, .signedLog:
        // Fewer than about a thousand distinct doubles across the axis would put ticks on top of each other.
        let least = max(abs(low), abs(high)) * 1e-13
        if high - low <= least {
          let pad = max(abs(low) * 1e-3, low == 0 ? 1 : 1e-290)
          (low, high) = (low - pad, high + pad)
        }
      case .log:
        high = max(high, 1e-290)
        low = max(low, 1e-300)
        if high / low < 1.0001 { (low, high) = (low / 2, high * 2) }
      }
      self.lower = low
      self.upper = high
    }

    func holds(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// Where a value lies along the axis: 0 at its lower end, 1 at its upper one. Always finite.
    func fraction(of value: Double) -> Double {
      guard !value.isNaN else { return 0 }
      let far = 1e6
      let share: Double
      switch scale {
      case .linear:
        share = (value / 2 - lower / 2) / (upper / 2 - lower / 2)
      case .log:
        let shown = shelf.map { $0.range.contains(value) ? $0.place : value } ?? value
        guard shown > 0 else { return -far }
        share =
          (Figure.logarithm(shown) - Figure.logarithm(lower)) / (Figure.logarithm(upper) - Figure.logarithm(lower))
      case .signedLog(let threshold):
        let (low, high) = (signedLog(lower, threshold), signedLog(upper, threshold))
        share = (signedLog(value, threshold) - low) / (high - low)
      }
      return min(max(share, -far), far)
    }

    /// The value at a fraction of the axis: the inverse of `fraction(of:)`.
    func value(at fraction: Double) -> Double {
      switch scale {
      case .linear: lower * (1 - fraction) + upper * fraction
      case .log: Figure.powerOfTen(Figure.logarithm(lower) * (1 - fraction) + Figure.logarithm(upper) * fraction)
      case .signedLog(let threshold):
        signedPower(signedLog(lower, threshold) * (1 - fraction) + signedLog(upper, threshold) * fraction, threshold)
      }
    }

    private func signedLog(_ value: Double, _ threshold: Double) -> Double {
      let size = Figure.logarithm(1 + min(abs(value), 1e305) / max(threshold, 1e-300))
      return value < 0 ? -size : size
    }

    private func signedPower(_ place: Double, _ threshold: Double) -> Double {
      let size = threshold * (Figure.powerOfTen(abs(place)) - 1)
      return place < 0 ? -size : size
    }
  }
}
