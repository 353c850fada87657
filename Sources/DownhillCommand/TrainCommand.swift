import ArgumentParser
import DownhillLab
import Foundation

struct TrainCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network, in a run that can be stopped, killed and resumed.",
    discussion: """
      Examples:
        downhill train gpt
        downhill train gpt --data shakespeare.txt --optimizer muon:lr=0.02 --rest adamw:lr=3e-4
        downhill train resnet8 --data cifar10 --epochs 8 --out cifar-run
        downhill train mlp:width=64,depth=3 --data digits.csv --optimizer ema:decay=0.99/adam:lr=1e-3
        downhill train resnet18 --data photographs --from cifar-run --freeze name=conv1*
        downhill train --config cifar-run/config.yaml --seed 2
        downhill train resnet18 --data cifar10 --steps 50 --profile

      Without --optimizer and the like a model is trained as its examples in the literature are. A run's folder holds
      config.yaml (complete: --config repeats the run), metrics.jsonl, loss.svg, checkpoints and, at the end,
      weights.safetensors. Ctrl-C finishes the step and writes a checkpoint; downhill resume goes on from it, to the same
      bits as without the break. Averages that an optimizer keeps (ema, lookahead, schedule-free rules) are what is
      evaluated and kept, unless --evaluate trained. A plateau schedule follows the held-out loss of each evaluation.
      """)

  @Argument(help: "The model with its knobs, such as gpt:layers=2.", completion: .model)
  var model: String?

  @OptionGroup(title: "Run options")
  var run: RunOptions

  @OptionGroup(title: "Optimizer options")
  var optimizer: OptimizerOptions

  @OptionGroup(title: "Data options")
  var data: DataOptionsGroup

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    let settings = (model.map { [TrainSetting("model", $0)] } ?? []) + run.settings + optimizer.settings + data.given
    let setup = try TrainSetup(file: run.config, settings: settings, version: DownhillCommand.sourceVersion)
    try finishRun(
      try TrainRun.start(setup, at: run.out, trace: run.trace, profiles: run.profile.isWanted, format.trainOutput),
      format)
  }
}

struct ResumeCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a run from its last checkpoint, to the same bits as without the break.",
    discussion: """
      Examples:
        downhill resume runs/gpt-1
        downhill resume runs/gpt-1 --format json

      A run that was killed before its first checkpoint begins anew; one that is at its end is reported again.
      """)

  @Argument(help: "The run's folder.", completion: .directory)
  var run: String

  @OptionGroup var profile: ProfileOption

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    try finishRun(
      try TrainRun.resume(
        run, version: DownhillCommand.sourceVersion, profiles: profile.isWanted, format.trainOutput), format)
  }
}

extension ReportFormat {
  /// Where a run's report goes: JSON has one object at the end, and no lines before it.
  fileprivate var trainOutput: TrainOutput {
    TrainOutput { text in if self == .text { try printResult(text) } }
  }
}

/// Reports how a run ended; one that a signal ended did not do what was asked.
private func finishRun(_ result: TrainResult, _ format: ReportFormat) throws {
  try printResult(format == .json ? result.json.serialized : "\n" + result.text)
  if let signal = result.signal { throw ExitCode(128 + signal) }
}
