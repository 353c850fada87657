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

  @OptionGroup var output: ReportOptions

  func report() async throws {
    let outputs = try output.outputs()
    let orthogonalizer = try orthogonalizer.map { try MatrixOrthogonalizer($0) }
    let report = try SpectrumReport(of: file, names: tensor, orthogonalizer: orthogonalizer)
    let figure = SpectrumFigure(report, theme: output.theme, size: output.size)
    try await output.finish(svg: figure.svg(), json: report.json, text: report.text, to: outputs)
  }
}
