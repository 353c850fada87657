import DownhillBase
public import DownhillMatrix

/// What an orthogonaliser makes of a singular value.
public struct OrthogonalizerMap: Sendable {
  public let method: Orthogonalizer.Method
  /// 1 for the exact factors, which take none.
  public let steps: Int

  /// - Parameter steps: nil for as many as the method was made for.
  public init(_ method: Orthogonalizer.Method, steps: Int? = nil) {
    self.method = method
    if case .newtonSchulz(let table) = method { self.steps = steps ?? table.usualSteps } else { self.steps = 1 }
  }

  /// All methods.
  public static func all(steps: Int? = nil) -> [OrthogonalizerMap] {
    Orthogonalizer.Method.allCases.map { OrthogonalizerMap($0, steps: steps) }
  }

  public var name: String { method.knobName.description }

  /// What becomes of a share of the norm.
  public func callAsFunction(_ sigma: Double) -> Double {
    guard case .newtonSchulz(let table) = method else { return 1 }
    return table.map(sigma, steps: steps)
  }

  /// By what next to nothing is multiplied; infinite for the exact factors.
  var slope: Double { isExact ? .infinity : callAsFunction(0x1p-60) / 0x1p-60 }
  var isExact: Bool { if case .newtonSchulz = method { false } else { true } }

  /// Places that are even in their logarithms, from a share to 1.
  static func places(from least: Double, count: Int) -> [Double] {
    (0..<count).map { Elementary.exp(Elementary.log(least) * (1 - Double($0) / Double(count - 1))) }
  }

  /// The least and the greatest value between a share and 1.
  func range(from least: Double) -> ClosedRange<Double> {
    let values = Self.places(from: least, count: 4001).map { self($0) }
    let low = values.reduce(.infinity) { min($0, $1) }
    return low...values.reduce(low) { max($0, $1) }
  }
}
