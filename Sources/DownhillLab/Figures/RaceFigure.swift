/// The picture of a race: the paths of several optimizers over a landscape, and their losses step by step.
///
/// A race on data has no landscape: its losses, training and held-out, then take the whole width. No input makes it
/// trap: what is not finite is left out and marked, what does not fit is shortened.
public struct RaceFigure: Sendable {
  /// The function that the paths descend, and the part of the plane that shows its shape.
  public struct Landscape: Sendable {
    /// The height at a point; it may be infinite or NaN where the function is not defined.
    public var value: @Sendable (Double, Double) -> Double
    /// The usual range of the first coordinate.
    public var x: ClosedRange<Double>
    /// The usual range of the second coordinate.
    public var y: ClosedRange<Double>

    /// A landscape over a domain.
    public init(
      x: ClosedRange<Double>, y: ClosedRange<Double>, value: @escaping @Sendable (Double, Double) -> Double
    ) {
      self.x = x
      self.y = y
      self.value = value
    }
  }

  /// A known minimum or saddle of the landscape.
  public struct Site: Sendable {
    /// The first coordinate.
    public var x: Double
    /// The second coordinate.
    public var y: Double
    /// What it is called beside its mark; may be empty.
    public var name: String

    /// A place with its name.
    public init(x: Double, y: Double, name: String = "") {
      self.x = x
      self.y = y
      self.name = name
    }
  }

  /// What one optimizer did.
  public struct Run: Sendable {
    /// The optimizer's spec, shown in the legend; long ones are broken or shortened.
    public var label: String
    /// Where it was before the first step and after each; the line stops at the first point that is not finite.
    public var path: [(x: Double, y: Double)]
    /// The loss before the first step and after each.
    public var loss: [Double]
    /// The loss on held-out data, where there is any.
    public var heldOutLoss: [Double]
    /// The steps after which the held-out loss was taken, one for each value.
    public var heldOutSteps: [Int]
    /// The name of the minimum that it reached, if it reached one.
    public var reached: String?
    /// Whether it ran away; its values then do not stretch the axes.
    public var diverged: Bool
    /// Its inner state over the steps, where that was recorded.
    public var states: [State] = []
    /// The singular values along the steps, a list a matrix, where those were recorded.
    public var spectra: [RaceRun.Spectrum] = []

    /// A part of the state at one weight of each coordinate.
    public struct State: Sendable {
      /// The name in files, such as `exp_avg_sq`.
      public var name: String
      /// The steps after whose update it was taken.
      public var steps: [Int]
      /// The values, one a step, of both coordinates.
      public var values: [(x: Double, y: Double)]

      /// A part over the steps.
      public init(name: String, steps: [Int], values: [(x: Double, y: Double)]) {
        self.name = name
        self.steps = steps
        self.values = values
      }
    }

    /// A run with what was recorded of it.
    public init(
      label: String, path: [(x: Double, y: Double)] = [], loss: [Double], heldOutLoss: [Double] = [],
      heldOutSteps: [Int] = [], reached: String? = nil, diverged: Bool = false
    ) {
      self.label = label
      self.path = path
      self.loss = loss
      self.heldOutLoss = heldOutLoss
      self.heldOutSteps = heldOutSteps
      self.reached = reached
      self.diverged = diverged
    }
  }

  /// What was raced on, in large type.
  public var title: String
  /// The settings, below the title.
  public var subtitle: String
  /// What a reader needs to repeat the race: problem, start, steps, seed.
  public var caption: String
  /// The landscape; nil for a race on data.
  public var landscape: Landscape?
  /// The known minima, marked by stars.
  public var minima: [Site]
  /// The known saddles, marked by crosses.
  public var saddles: [Site]
  /// The runs, in the order of the legend.
  public var runs: [Run]
  /// The least loss that there is, where it is known without a landscape.
  public var leastLoss: Double?
  /// Light or dark ground.
  public var theme: Figure.Theme
  /// Map or surface.
  public var view = RacePicture.View.flat
  /// Losses, inner state or singular values.
  public var side = RacePicture.Side.loss
  /// The width in pixels.
  public var width: Double
  /// The height in pixels.
  public var height: Double

  /// A race to be drawn.
  public init(
    title: String, subtitle: String = "", caption: String = "", landscape: Landscape? = nil, minima: [Site] = [],
    saddles: [Site] = [], runs: [Run], theme: Figure.Theme = .light, width: Double = 1200, height: Double = 620
  ) {
    self.title = title
    self.subtitle = subtitle
    self.caption = caption
    self.landscape = landscape
    self.minima = minima
    self.saddles = saddles
    self.runs = runs
    self.theme = theme
    self.width = width
    self.height = height
  }

  /// The picture as an SVG document; the same race gives the same bytes.
  public func svg() -> String { figure().svg() }
}

extension RaceFigure {
  /// The style of a run in a panel whose lines are so wide.
  func style(ofRun index: Int, width: Double) -> Figure.LineStyle {
    Figure.Palette(theme).style(index, width: runs.count > 9 ? width * 0.85 : width)
  }

  /// The lowest value at a known minimum.
  var bestKnownMinimum: Double? {
    guard let landscape else { return leastLoss }
    return minima.map { landscape.value($0.x, $0.y) }.filter(\.isFinite).min()
  }
}
