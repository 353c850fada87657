public import DownhillBase

/// A loss whose weights are matrices, made from a seed: small enough to be watched, and with singular values that mean
/// something, so that rules for matrices can be told from rules for numbers.
public protocol MatrixProblem: Configurable {
  /// The name on the command line.
  static var name: StaticString { get }
  /// One sentence.
  static var summary: StaticString { get }
  /// The formula as plain text.
  static var equation: StaticString { get }

  /// The loss with these settings.
  /// - Parameters:
  ///   - type: In what numbers it is computed; what it is made of is drawn in Double and rounded once.
  ///   - seed: Decides all that is random.
  func makeLoss<Scalar: LaneScalar>(of type: Scalar.Type, seed: UInt64) -> MatrixLoss<Scalar>
}

/// A loss of one or several matrices with its gradient in closed form, whose type is forgotten.
public struct MatrixLoss<Scalar: LaneScalar>: Sendable {
  /// One of the matrices.
  public struct Part: Sendable {
    /// As the equation calls it.
    public let name: StaticString
    /// Rows and columns.
    public let shape: Shape
  }

  /// What is measured of weights beside the loss.
  public struct Measure: Sendable {
    /// One word.
    public let name: StaticString
    /// From the weights of all parts.
    public let value: @Sendable (_ weights: UnsafePointer<Scalar>) -> Double
  }

  /// The matrices; their weights lie one behind the other, each row-major.
  public let parts: [Part]
  /// Where a race starts.
  public let start: [Scalar]
  /// The least loss that there is, where theory says it.
  public let minimum: Double?
  /// A bound of the loss's largest curvature between start and minimum, from which a plain rate follows.
  public let curvature: Double
  /// The size of one weight at the minimum, about.
  public let scale: Double
  /// What is measured beside the loss.
  public let measures: [Measure]

  /// Loss and gradient, with scratch memory.
  typealias Evaluation =
    @Sendable (
      _ weights: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>,
      _ scratch: UnsafeMutablePointer<Scalar>
    ) -> Double

  private let evaluate: Evaluation
  private var scratch: [Scalar]

  init(
    parts: [Part], start: [Double], minimum: Double?, curvature: Double, scale: Double, measures: [Measure] = [],
    scratchCount: Int, evaluate: @escaping Evaluation
  ) {
    self.parts = parts
    self.start = start.map { Scalar(nearest: $0) }
    self.minimum = minimum
    self.curvature = curvature
    self.scale = scale
    self.measures = measures
    self.evaluate = evaluate
    scratch = [Scalar](repeating: Scalar(nearest: 0), count: scratchCount)
  }

  /// How many weights all parts have.
  public var count: Int { start.count }

  /// Loss and gradient.
  /// - Parameters:
  ///   - weights: `count` numbers.
  ///   - gradient: Receives as many; does not overlap `weights`.
  /// - Returns: The loss.
  @discardableResult
  public mutating func gradient(
    at weights: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>
  ) -> Double {
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let scratch = scratch.baseAddress else { return .nan }
      return evaluate(weights, gradient, scratch)
    }
  }
}

extension MatrixLoss: Problem where Scalar == Double {
  public var weightCount: Int { count }
}

extension KnobRange {
  /// The sides of matrices that decompositions by rotations take in seconds.
  static var side: KnobRange { KnobRange(1, 1024) }
  static var matrixCondition: KnobRange { KnobRange(1, 1e12) }
  static var startScale: KnobRange { KnobRange(0, 1e6) }
}
