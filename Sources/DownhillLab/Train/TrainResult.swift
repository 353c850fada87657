import Foundation

/// How a run ended.
public struct TrainResult: Sendable {
  /// The run's folder.
  public let run: String
  /// The model's spec.
  public let model: String
  /// How many weights it has.
  public let parameters: Int
  /// Steps that were taken.
  public let steps: Int
  /// The mean over the last hundred steps.
  public let trainLoss: Double?
  public let heldOutLoss: Double?
  /// The share of held-out samples, or tokens, whose right class is the likeliest.
  public let heldOutAccuracy: Double?
  /// The share whose right class is among the five likeliest.
  public let heldOutTopFive: Double?
  /// e^loss, of tokens.
  public let perplexity: Double?
  /// In what numbers products were computed: `bf16` only where the CPU has such; nil of a log that does not say.
  public let precision: String?
  /// How long it was trained, over all parts of the run.
  public let seconds: Double
  /// The signal that ended it before its time, if one did.
  public private(set) var signal: Int32?
  /// What a step took, where that was asked for.
  public internal(set) var profile: ProfileTable?

  /// One object.
  public var json: JSON { .object(members + (profile.map { [("profile", $0.json)] } ?? [])) }

  /// Without the profile.
  var members: [(key: String, value: JSON)] {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      ("run", .text(run)), ("model", .text(model)), ("parameters", .integer(parameters)), ("steps", .integer(steps)),
      ("trainLoss", number(trainLoss)), ("heldOutLoss", number(heldOutLoss)),
      ("heldOutAccuracy", number(heldOutAccuracy)), ("heldOutTop5", number(heldOutTopFive)),
      ("perplexity", number(perplexity)), ("precision", precision.map { .text($0) } ?? .null),
      ("seconds", .number(seconds)),
    ]
  }

  /// A few lines.
  public var text: String {
    func share(_ value: Double?) -> String? { value.map { readable(100 * $0, digits: 4) + " %" } }
    let rows: [(String, String?)] = [
      ("steps", "\(steps)"), ("train loss", trainLoss.map { readable($0) }),
      ("held-out loss", heldOutLoss.map { readable($0) }), ("perplexity", perplexity.map { readable($0) }),
      ("accuracy", share(heldOutAccuracy)), ("top-5", share(heldOutTopFive)),
      ("seconds", readable(seconds, digits: 3)), ("run", run),
    ]
    let lines = rows.compactMap { name, value in
      value.map { name.padding(toLength: 15, withPad: " ", startingAt: 0) + $0 }
    }
    return lines.joined(separator: "\n") + "\n" + (profile.map { "\n\($0.text)\n" } ?? "")
  }

  init(
    run: String, model: String, parameters: Int, steps: Int, trainLoss: Double?, heldOut: HeldOutMeasurement?,
    precision: String, seconds: Double
  ) {
    (self.run, self.model, self.parameters, self.steps) = (run, model, parameters, steps)
    self.trainLoss = trainLoss
    heldOutLoss = heldOut?.loss
    heldOutAccuracy = heldOut?.accuracy
    heldOutTopFive = heldOut?.topFive
    perplexity = heldOut?.perplexity
    (self.precision, self.seconds) = (precision, seconds)
  }

  /// The same, ended before its time.
  func interrupted(by signal: Int32) -> TrainResult {
    var result = self
    result.signal = signal
    return result
  }

  /// What a log's last line says of a run that has ended.
  init(run: String, _ event: MetricsEvent) {
    self.run = run
    (model, parameters, steps) = (event.model ?? "", event.parameters ?? 0, event.steps ?? 0)
    (trainLoss, heldOutLoss, heldOutAccuracy) = (event.trainLoss, event.heldOutLoss, event.heldOutAccuracy)
    (heldOutTopFive, perplexity, seconds) = (event.heldOutTop5, event.perplexity, event.seconds ?? 0)
    precision = event.precision
  }
}
