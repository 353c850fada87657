public import Downhill
public import DownhillBase
public import DownhillLandscapes

/// What one optimizer did in a race.
public struct RaceRun: Sendable {
  /// The named state after the update of a step.
  public struct InspectedState: Sendable {
    public let step: Int
    public let parts: [(name: String, values: [Double])]
  }

  /// The singular values along a run, of one matrix; each list falls from the largest.
  public struct Spectrum: Sendable {
    /// The matrix, as the problem's equation calls it.
    public let name: String
    public let shape: Shape
    /// The steps, counted from 0, that were looked at.
    public internal(set) var steps: [Int] = []
    /// Of the weights before each of these steps.
    public internal(set) var weights: [[Double]] = []
    /// Of the momentum after it; empty where the rule keeps none.
    public internal(set) var momentum: [[Double]] = []
    /// Of the weights after it less the weights before.
    public internal(set) var update: [[Double]] = []

    /// Lists of singular values, one of each kind a step; momentum may be left out.
    public init(
      name: String, shape: Shape, steps: [Int] = [], weights: [[Double]] = [], momentum: [[Double]] = [],
      update: [[Double]] = []
    ) {
      self.name = name
      self.shape = shape
      self.steps = steps
      self.weights = weights
      self.momentum = momentum
      self.update = update
    }
  }

  /// The spec as it was written.
  public let optimizer: String
  /// The loss before every step and after the last: steps + 1 numbers.
  public internal(set) var loss: [Double] = []
  public internal(set) var states: [InspectedState] = []
  /// The state at even distances over all steps, where a picture wants it.
  public internal(set) var trace: [InspectedState] = []
  /// The singular values, a list a matrix, where they were asked for.
  public internal(set) var spectra: [Spectrum] = []
  /// Whether a number that is not finite appeared, or the weights left all bounds.
  public internal(set) var diverged = false
  /// How often the problem was evaluated to take the steps; the loss after the last one is not counted.
  public internal(set) var evaluations = Evaluations()
  /// On a landscape: where it went.
  public internal(set) var descent: Descent?
  /// On data: how well it fits.
  public internal(set) var fit: Fit?
  /// On a matrix problem: what was measured at the end.
  public internal(set) var outcome: MatrixOutcome?

  /// A path over a landscape.
  public struct Descent: Sendable {
    public let dimension: Int
    /// The points before every step and after the last, one after the other.
    public internal(set) var coordinates: [Double] = []
    /// The weights that are evaluated where the rule averages, and the loss there.
    public internal(set) var evaluated: (end: [Double], loss: Double)?
    /// The listed minimum that the end lies near.
    public internal(set) var reached: StationaryPoint?
    /// The first step after which the path was within 10⁻³ of it.
    public internal(set) var stepsToReach: Int?

    /// How many points there are.
    public var count: Int { coordinates.count / dimension }
    /// The point after a number of steps.
    public subscript(step: Int) -> [Double] { Array(coordinates[step * dimension..<(step + 1) * dimension]) }
    /// Where it ended.
    public var end: [Double] { self[count - 1] }
  }

  /// The quality of a fit to data.
  public struct Fit: Sendable {
    /// Whether the quality is the accuracy; else it is R².
    public let isClassification: Bool
    /// Over all rows that were trained on.
    public let train: Score
    /// Over the rows held out, if there are any.
    public let heldOut: Score?
    /// ‖W − W*‖ to the exact solution, for linear regression.
    public let distance: Double?
    public let seconds: Double
  }

  /// The end of a race on a matrix problem, at the weights to evaluate.
  public struct MatrixOutcome: Sendable {
    /// What the problem measures beside its loss, by name.
    public let measures: [(name: String, value: Double)]
    /// The loss at averaged weights, where the rule averages.
    public let evaluationLoss: Double?
    public let seconds: Double
  }

  init(optimizer: String) { self.optimizer = optimizer }

  /// The loss after the last step.
  public var finalLoss: Double { loss.last ?? .nan }
}
