import Downhill
import DownhillBase
import DownhillLandscapes

/// What a race without `--optimizer` runs: the families that a reader knows, at rates that follow from the problem.
///
/// A rule that steps by its learning rate gets one that is a hundredth of the way across, falling to 0, or it would
/// circle around the minimum for ever; one that steps by the gradient gets one below the limit that the curvature at
/// the start sets.
enum DefaultEntrants {
  static func specs(for landscape: AnyLandscape, from start: [Double], steps: Int) -> [String] {
    let curvature = largestCurvature(of: landscape, at: start)
    let rate = curvature > 0 ? oneDigit(0.5 / curvature) : 0.01
    let width = landscape.domain.map { $0.upper - $0.lower }.max() ?? 10
    let stride = oneDigit(width / 100)
    let falling = "linear(\(short(stride)),total=\(max(steps, 1)))"
    return [
      "sgd:lr=\(short(rate))",
      "sgd:lr=\(short(rate)),momentum=0.9",
      "adagrad:lr=\(short(oneDigit(width / 15)))",
      "adadelta:lr=\(short(oneDigit(width / 4)))",
      "rmsprop:lr=\(falling)",
      "adam:lr=\(short(stride))",
      "adamw:lr=\(short(stride))",
      "lion:lr=\(falling)",
      "muon:lr=\(falling),weight-decay=0",
    ]
  }

  /// For data with standardised features and a mean loss.
  /// - Parameter scale: The size of what is predicted: that of the targets, or 1 for classes.
  static func specs(curvature: Double, scale: Double, steps: Int) -> [String] {
    let rate = oneDigit(1 / curvature)
    let stride = oneDigit(0.02 * scale)
    // A large rate would make AdamW's usual decay, which is multiplied by it, the stronger of the two forces.
    let decay = scale > 1 ? ",weight-decay=\(short(oneDigit(0.01 / stride * 0.02)))" : ""
    let falling = "linear(\(short(stride)),total=\(max(steps, 1)))"
    return [
      "sgd:lr=\(short(rate))",
      "sgd:lr=\(short(rate)),momentum=0.9",
      "adagrad:lr=\(short(oneDigit(0.2 * scale)))",
      "rmsprop:lr=\(falling)",
      "adam:lr=\(short(stride))",
      "adamw:lr=\(short(stride))\(decay)",
      "lion:lr=linear(\(short(oneDigit(0.01 * scale))),total=\(max(steps, 1)))",
      "muon:lr=linear(\(short(oneDigit(0.1 * scale))),total=\(max(steps, 1))),weight-decay=0",
    ]
  }

  /// For matrix problems: the same, and rules that see the matrix.
  /// - Parameter scale: The size of one weight at the minimum.
  static func matrixSpecs(curvature: Double, scale: Double, steps: Int) -> [String] {
    let rate = short(oneDigit(1 / curvature))
    func falling(_ rate: Double) -> String { "linear(\(short(oneDigit(rate))),total=\(max(steps, 1)))" }
    return [
      "sgd:lr=\(rate)",
      "sgd:lr=\(rate),momentum=0.9",
      "adam:lr=\(falling(0.1 * scale))",
      "soap:lr=\(falling(0.1 * scale)),weight-decay=0",
      "muon:lr=\(falling(scale)),weight-decay=0",
    ]
  }

  /// The largest magnitude of an eigenvalue of the Hessian, by its rows' sums, which bound it.
  private static func largestCurvature(of landscape: AnyLandscape, at point: [Double]) -> Double {
    let n = landscape.dimension
    var hessian = [Double](repeating: 0, count: n * n)
    landscape.hessian(point, &hessian)
    let bound = (0..<n).map { row in
      (0..<n).reduce(0) { $0 + hessian[row * n + $1].magnitude }
    }
    let largest = bound.max() ?? 0
    return largest.isFinite ? largest : 0
  }

  /// Rounded down to one significant digit of 1, 2 or 5.
  static func oneDigit(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    var decade = 1.0
    while decade > value { decade /= 10 }
    while decade * 10 <= value { decade *= 10 }
    let digits = [5.0, 2, 1].first { $0 * decade <= value } ?? 1
    // Through text, so that 5 · 10⁻³ is 0.005 and not a neighbour of it.
    return Double(short(digits * decade)) ?? digits * decade
  }

  private static func short(_ value: Double) -> String {
    value >= 1 && value < 1e6 ? "\(Int(value))" : readable(value, digits: 1).replacing("−", with: "-")
  }
}
