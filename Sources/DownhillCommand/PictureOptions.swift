public import ArgumentParser
public import DownhillLab

/// How a race is drawn, as it is asked for on the command line.
struct PictureOptions: ParsableArguments {
  @Option(help: "What the paths are drawn upon: flat, a map, or 3d, the surface.")
  var view: RacePicture.View = .flat

  @Option(
    help: ArgumentHelp(
      "What is drawn: loss; state (1/√v, momentum and update beside the paths); or spectra (singular values of weights, "
        + "momentum and update), which is what a matrix problem shows by default."))
  var show: RacePicture.Side?

  @Option(help: "The ground of pictures: light or dark.")
  var theme: Figure.Theme = .light

  @Option(
    help: ArgumentHelp(
      "WIDTHxHEIGHT, column (of a paper) or slide; pixels of an animation. What its texts need is added to the height.",
      valueName: "size"))
  var size: RacePicture.Size?

  @Option(
    parsing: .unconditional,
    help: "How many frames an animation has; by default one a step, 60 at least and 400 at most.")
  var frames: Int?

  /// - Throws: `CommandFailure` of kind usage for what does not go together.
  func picture(of problem: String, for outputs: [RaceOutput]) throws -> RacePicture {
    if let frames {
      guard RacePicture.frameRange.contains(frames) else {
        let range = RacePicture.frameRange
        throw CommandFailure.usage("--frames \(frames) is out of range [\(range.lowerBound), \(range.upperBound)]")
      }
      guard outputs.contains(where: \.isAnimation) else {
        throw CommandFailure.usage("--frames is for an animation: --out FILE.gif or FILE.mp4")
      }
    }
    let side = show ?? (Race.isMatrixProblem(problem) ? .spectra : .loss)
    return RacePicture(view: view, side: side, theme: theme, size: size, frames: frames)
  }

  /// What can be said only once the problem is known.
  /// - Throws: `CommandFailure` of kind usage.
  static func check(_ picture: RacePicture, _ outputs: [RaceOutput], _ race: Race) throws {
    if picture.side == .spectra, !race.hasMatrices {
      throw CommandFailure.usage("--show spectra is for problems with matrices, not for landscapes")
    }
    guard !race.hasPlane else { return }
    let asked =
      picture.view == .surface
      ? "--view 3d" : picture.side == .state ? "--show state" : outputs.contains(where: \.isAnimation) ? "--out" : nil
    guard let asked else { return }
    let what = asked == "--out" ? "--out FILE.gif or FILE.mp4" : asked
    throw CommandFailure.usage("\(what) is for landscapes of two dimensions")
  }
}

extension RacePicture.View: ExpressibleByArgument {}
extension RacePicture.Side: ExpressibleByArgument {}
extension Figure.Theme: ExpressibleByArgument {}

extension RacePicture.Size: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
