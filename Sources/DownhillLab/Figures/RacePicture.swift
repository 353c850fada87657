/// How a race is drawn.
public struct RacePicture: Equatable, Sendable {
  /// What the paths are drawn upon.
  public enum View: String, CaseIterable, Sendable {
    /// A map with contours.
    case flat
    /// The surface of the landscape, seen from above at a slant.
    case surface = "3d"
  }

  /// What is drawn beside the paths.
  public enum Side: String, CaseIterable, Sendable {
    /// The losses, step by step.
    case loss
    /// The optimizers' inner state, step by step.
    case state
    /// The singular values of weights, momentum and update, step by step, a column an optimizer.
    case spectra
  }

  /// The size of a drawing, in the units in which small type is 11 high; in pixels for an animation.
  public struct Size: Equatable, Sendable {
    /// In units.
    public let width: Int
    /// In units.
    public let height: Int

    /// The least and the largest width and height.
    public static let range = 320...4096

    /// Nil where a side is out of range.
    public init?(width: Int, height: Int) {
      guard Self.range.contains(width), Self.range.contains(height) else { return nil }
      self.width = width
      self.height = height
    }

    /// Reads `800x600`, `column` (of a paper: narrow, panels one below the other) or `slide` (16 to 9).
    public init?(_ text: String) {
      switch text {
      case "column": self.init(width: 400, height: 880)
      case "slide": self.init(width: 1280, height: 720)
      default:
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
        self.init(width: width, height: height)
      }
    }
  }

  /// What the paths are drawn upon.
  public var view: View
  /// What is drawn beside them.
  public var side: Side
  /// Light or dark.
  public var theme: Figure.Theme
  /// How large; 1200×620 for a still, 800×600 for an animation where nil.
  public var size: Size?
  /// How many frames an animation has; chosen by the number of steps where nil.
  public var frames: Int?

  /// How many frames an animation may have.
  public static let frameRange = 2...AnimationPlan.mostFrames

  /// A way to draw a race.
  public init(
    view: View = .flat, side: Side = .loss, theme: Figure.Theme = .light, size: Size? = nil, frames: Int? = nil
  ) {
    self.view = view
    self.side = side
    self.theme = theme
    self.size = size
    self.frames = frames
  }
}
