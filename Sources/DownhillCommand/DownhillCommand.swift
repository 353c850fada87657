import ArgumentParser
import Foundation

@main
struct DownhillCommand: AsyncParsableCommand {
  private static let version = "0.1.0"

  /// The version with the revision of the sources, where the script that builds the checkout has said it.
  static var sourceVersion: String {
    let revision = ProcessInfo.processInfo.environment["DOWNHILL_REVISION"] ?? ""
    return revision.isEmpty ? version : "\(version)+\(revision)"
  }

  static let configuration = CommandConfiguration(
    commandName: "downhill",
    abstract: "Optimizers of neural networks, raced, explained and checked.",
    discussion: """
      Examples:
        downhill race himmelblau --out race.png
        downhill race rosenbrock --optimizer adam:lr=0.05 --optimizer sgd:lr=1e-3,momentum=0.9 --start -1.5,2
        downhill race logistic-regression --data digits.csv --target digit
        downhill explain "adamw:lr=cosine(3e-4,total=1000)" --out adamw.svg
        downhill spectrum model.safetensors --orthogonalizer quintic --out spectra.png
        downhill rules adamw
        downhill train gpt
        downhill generate runs/gpt-1
        downhill data list
        downhill help race

      Guides: one page a rule, the spec language, files, completions of your shell, in the folder Guides.
      """,
    version: version,
    subcommands: [
      RaceCommand.self, ExplainCommand.self, RulesCommand.self, OrthogonalizersCommand.self, LandscapesCommand.self,
      TrainCommand.self, ResumeCommand.self, GenerateCommand.self, EvaluateCommand.self, ReplayCommand.self,
      SpectrumCommand.self, DataCommand.self,
      BenchCommand.self,
    ])
}
