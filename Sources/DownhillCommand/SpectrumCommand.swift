import ArgumentParser
import DownhillLab

struct SpectrumCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "spectrum",
    abstract: "Show the singular values of a model's matrices, as they are and behind an orthogonaliser.",
    discussion: """
      Examples:
        downhill spectrum model.safetensors
        downhill spectrum model.safetensors --orthogonalizer quintic,steps=5 --out spectra.png
        downhill spectrum model.safetensors --tensor h.0.attn.c_attn.weight --orthogonalizer svd --format json

      Every tensor of two dimensions or more is seen as (first dimension) × (product of the others). The stable rank is
      ‖W‖²/σ₁²; the orthogonality error ‖WWᵀ/s² − I‖/√r on the short side of r, with s² the mean of σ², is 0 for every
      multiple of an orthogonal matrix.
      """)

  @Argument(help: "A safetensors file.", completion: .safetensors)
  var file: String

  @Option(help: ArgumentHelp("Take this tensor only; repeat for more.", valueName: "name"))
  var tensor: [String] = []

  @Option(
    help: ArgumentHelp(
      "Also behind this orthogonaliser, with muon's settings for it: quintic,steps=5.", valueName: "spec"))
  var orthogonalizer: String?

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
    let outputs = try out.map { try ReportOutput(path: $0) }
    let orthogonalizer = try orthogonalizer.map { try MatrixOrthogonalizer($0) }
    let report = try SpectrumReport(of: file, names: tensor, orthogonalizer: orthogonalizer)
    try await ReportOutput.write(SpectrumFigure(report, theme: theme, size: size).svg(), report.json, to: outputs)
    try printResult(format == .json ? report.json.serialized : report.text)
  }
}
