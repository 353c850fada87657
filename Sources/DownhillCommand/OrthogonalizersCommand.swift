import ArgumentParser
import DownhillLab

struct OrthogonalizersCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "orthogonalizers",
    abstract: "List the orthogonalizers, and what each makes of a singular value.",
    discussion: """
      Examples:
        downhill orthogonalizers
        downhill orthogonalizers --steps 3
        downhill orthogonalizers --out maps.svg
      """)

  @Option(parsing: .unconditional, help: "How many Newton-Schulz steps; by default as many as each was made for.")
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Also write a picture (.svg, .png, .pdf) or the values (.json); repeat for more.", valueName: "file"),
    completion: .file(extensions: ReportOutput.extensions))
  var out: [String] = []

  @Option(help: "The ground of pictures: light or dark.")
  var theme: Figure.Theme = .light

  @Option(
    help: ArgumentHelp(
      "WIDTHxHEIGHT, column (of a paper) or slide. What its texts need is added to the height.", valueName: "size"))
  var size: RacePicture.Size?

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    if let steps, !(0...99).contains(steps) {
      throw CommandFailure.usage("--steps \(steps) is out of range [0, 99]")
    }
    let outputs = try out.map { try ReportOutput(path: $0) }
    let listing = OrthogonalizerListing(steps: steps)
    try await ReportOutput.write(
      OrthogonalizerFigure(listing, theme: theme, size: size).svg(), listing.json, to: outputs)
    try printResult(format == .json ? listing.json.serialized : listing.text)
  }
}
