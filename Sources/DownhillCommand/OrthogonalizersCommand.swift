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

  @OptionGroup var output: ReportOptions

  func report() async throws {
    if let steps, !(0...99).contains(steps) {
      throw CommandFailure.usage("--steps \(steps) is out of range [0, 99]")
    }
    let outputs = try output.outputs()
    let listing = OrthogonalizerListing(steps: steps)
    let figure = OrthogonalizerFigure(listing, theme: output.theme, size: output.size)
    try await output.finish(svg: figure.svg(), json: listing.json, text: listing.text, to: outputs)
  }
}
