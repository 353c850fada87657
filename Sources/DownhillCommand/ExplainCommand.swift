import ArgumentParser
import Downhill
import DownhillLab
import DownhillMatrix

struct ExplainCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what an optimizer does by itself: schedules, bias correction, and its step along simple gradients.",
    discussion: """
      Examples:
        downhill explain adam
        downhill explain "clip:norm=1/adamw:lr=cosine(3e-4,total=1000)" --out adamw.svg
        downhill explain "sgd:lr=one-cycle(0.1,total=500),momentum=0.9" --steps 500 --theme dark --out cycle.png
        downhill explain adam:beta1=0.95,beta2=0.95 --format json
      """)

  @Argument(help: "The optimizer's spec.", completion: .optimizer)
  var optimizer: String

  @Option(parsing: .unconditional, help: "How many steps it is followed.")
  var steps: Int = 1000

  @Option(parsing: .unconditional, help: "The size of the gradients.")
  var gradient: Double = 1

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
    let range = Explanation.stepRange
    guard range.contains(steps) else {
      throw CommandFailure.usage("--steps \(steps) is out of range [\(range.lowerBound), \(range.upperBound)]")
    }
    guard gradient > 0, gradient.isFinite else {
      throw CommandFailure.usage("--gradient \(gradient) is out of range (0, ∞)")
    }
    let outputs = try out.map { try ReportOutput(path: $0) }
    let explanation = try Explanation(optimizer, from: .full, steps: steps, gradient: gradient)
    let figure = ExplainFigure(explanation, theme: theme, size: size)
    try await ReportOutput.write(figure.svg(), explanation.json, to: outputs)
    try printResult(format == .json ? explanation.json.serialized : explanation.text)
  }
}
