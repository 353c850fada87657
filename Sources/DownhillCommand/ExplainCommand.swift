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

  @OptionGroup var output: ReportOptions

  func report() async throws {
    let range = Explanation.stepRange
    guard range.contains(steps) else {
      throw CommandFailure.usage("--steps \(steps) is out of range [\(range.lowerBound), \(range.upperBound)]")
    }
    guard gradient > 0, gradient.isFinite else {
      throw CommandFailure.usage("--gradient \(gradient) is out of range (0, ∞)")
    }
    let outputs = try output.outputs()
    let explanation = try Explanation(optimizer, from: .full, steps: steps, gradient: gradient)
    let figure = ExplainFigure(explanation, theme: output.theme, size: output.size)
    try await output.finish(svg: figure.svg(), json: explanation.json, text: explanation.text, to: outputs)
  }
}
