import DownhillBase
import DownhillFiles
import DownhillNN

/// A trained network measured on data.
public struct RunEvaluation: Sendable {
  /// Which samples count.
  public enum Part: String, Sendable, CaseIterable {
    /// What is held out.
    case heldOut = "held-out"
    /// What would be trained on, as it is: no augmentation, no changed labels but those asked for.
    case training
    case all
  }

  /// The data's name; the run's own where nil.
  public var data: String?
  /// How it is read.
  public var settings: DataSettings
  public var part = Part.heldOut
  /// Samples at a time; as many as fit a quarter of a gigabyte of logits, up to 32, where nil.
  public var batch: Int?
  /// How many threads; as the run has it where nil.
  public var threads: Int?

  /// - Parameter settings: How the data is read.
  public init(_ settings: DataSettings) { self.settings = settings }

  /// What was measured.
  public struct Result: Sendable {
    public let run, model: String
    /// How many weights the network has.
    public let parameters: Int
    /// Of the checkpoint; nil for the run's end.
    public let step: Int?
    public let data: String
    public let part: Part
    public let measurement: HeldOutMeasurement

    /// One object.
    public var json: JSON {
      func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
      return .object([
        ("run", .text(run)), ("model", .text(model)), ("parameters", .integer(parameters)),
        ("step", step.map { .integer($0) } ?? .null), ("data", .text(data)), ("part", .text(part.rawValue)),
        ("count", .integer(measurement.count)), ("loss", .number(measurement.loss)),
        ("perplexity", number(measurement.perplexity)), ("accuracy", number(measurement.accuracy)),
        ("top5", number(measurement.topFive)),
      ])
    }

    /// A few lines.
    public var text: String {
      func share(_ value: Double?) -> String? { value.map { readable(100 * $0, digits: 4) + " %" } }
      let rows: [(String, String?)] = [
        ("model", "\(model), \(parameters) weights"), ("data", "\(data), \(part.rawValue)"),
        (measurement.isOfTokens ? "tokens" : "samples", "\(measurement.count)"), ("loss", readable(measurement.loss)),
        ("perplexity", measurement.perplexity.map { readable($0) }), ("accuracy", share(measurement.accuracy)),
        ("top-5", share(measurement.topFive)),
      ]
      return rows.compactMap { name, value in
        value.map { name.padding(toLength: 12, withPad: " ", startingAt: 0) + $0 + "\n" }
      }.joined()
    }
  }

  /// Measures.
  /// - Parameter run: The network.
  /// - Throws: `CommandFailure`, `SpecError` and `FileError`, that name the option or the file, what was found and what is
  ///   expected.
  public func run(_ run: TrainedRun) throws -> Result {
    if let threads, threads < 1 || threads > 1024 {
      throw CommandFailure.usage("--threads \(threads) is out of range [1, 1024]")
    }
    if let batch, batch < 1 || batch > 1 << 20 {
      throw CommandFailure.usage("--batch \(batch) is out of range [1, \(1 << 20)]")
    }
    let name = data ?? run.configuration.data
    guard !name.isEmpty else { throw CommandFailure.usage("a file of weights has no data of its own: give it --data") }
    let split = try DataSplit(name, run.dataOptions(settings))
    if split.tokenizer != nil, run.tokenizer == nil, run.network.context != nil {
      throw CommandFailure.usage("\(run.path): say what its tokens are, by --tokenizer bytes or a .tiktoken file")
    }
    // That the data is what the network reads.
    _ = try NetworkSpec(run.network.text, for: split.form)
    guard split.labels.isEmpty || run.labels.isEmpty || split.labels == run.labels else {
      throw CommandFailure(
        .data, "\(name): its classes are \(Self.list(split.labels)), but the network knows \(Self.list(run.labels))")
    }
    var sets = [any SampleSet]()
    if part != .heldOut { sets.append(split.training) }
    if part != .training, let heldOut = split.heldOut { sets.append(heldOut) }
    guard !sets.isEmpty else {
      throw CommandFailure.usage("\(name): nothing is held out; say --part training or all")
    }
    let size = batch ?? min(max((1 << 26) / max(split.form.tokenCount * split.form.outputs, 1), 1), 32)
    var measured: HeldOutMeasurement?
    for samples in sets {
      let evaluation = HeldOutEvaluation(
        run.network, run.store, on: OrderedBatches(samples, size: size), threads: threads ?? run.configuration.threads)
      let more = try evaluation.run()
      measured = measured.map { $0.joined(with: more) } ?? more
    }
    guard let measured, measured.loss.isFinite else {
      throw CommandFailure(.data, "\(run.path): the loss is not finite: its weights are no use")
    }
    return Result(
      run: run.path, model: run.network.text, parameters: run.store.count, step: run.step, data: name, part: part,
      measurement: measured)
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }
}

extension HeldOutMeasurement {
  /// Both samples together.
  func joined(with other: HeldOutMeasurement) -> HeldOutMeasurement {
    let total = Double(max(count + other.count, 1))
    func mean(_ a: Double?, _ b: Double?) -> Double? {
      guard let a, let b else { return nil }
      return (a * Double(count) + b * Double(other.count)) / total
    }
    return HeldOutMeasurement(
      loss: mean(loss, other.loss) ?? .nan, accuracy: mean(accuracy, other.accuracy),
      topFive: mean(topFive, other.topFive), count: count + other.count, isOfTokens: isOfTokens)
  }
}
