import ArgumentParser
import DownhillLab

/// Where a report goes beside standard output, and how its picture looks.
struct ReportOptions: ParsableArguments {
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

  /// The files that are asked for, checked before the work for them is begun.
  func outputs() throws -> [ReportOutput] { try out.map { try ReportOutput(path: $0) } }

  /// Writes the files, then prints.
  func finish(svg: String, json: JSON, text: String, to outputs: [ReportOutput]) async throws {
    try await ReportOutput.write(svg, json, to: outputs)
    try printResult(format == .json ? json.serialized : text)
  }
}
