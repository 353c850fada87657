public import Downhill
import DownhillBase
public import DownhillNN

/// A model of the catalogue with every knob settled: by who asked for it, or by the data.
public struct NetworkSpec: Sendable {
  public let entry: ModelEntry
  /// One a knob.
  public let values: [Double]

  /// Reads a spec such as `gpt:layers=2`.
  /// - Throws: `SpecError` that names what is unknown or out of range.
  public init(_ text: String) throws(SpecError) {
    (entry, values) = try ModelEntry.parse(text, among: ModelCatalogue.standard.entries, kind: "model")
  }

  private init(_ entry: ModelEntry, _ values: [Double]) { (self.entry, self.values) = (entry, values) }

  /// The same with the knobs that data settles as the data has them, but for those that the spec gives.
  /// - Parameters:
  ///   - text: The spec.
  ///   - form: What a sample is.
  /// - Throws: `SpecError` for the spec, `CommandFailure` of kind usage where the model cannot learn from such samples.
  public init(_ text: String, for form: SampleForm) throws {
    let plain = try NetworkSpec(text)
    var given = ModelEntry.givenKnobs(in: text)
    var values = plain.values
    if case .tokens(let context, _) = form.input, !given.contains("context"),
      let place = plain.entry.knobs.firstIndex(where: { $0.name.description == "context" })
    {
      values[place] = max(values[place], Double(context))
      given.append("context")
    }
    let fitted = plain.entry.fitted(values, to: form.modelInput, form.modelOutput, given: given)
    self.init(plain.entry, fitted)
    for (knob, value) in zip(entry.knobs, fitted) where !knob.accepts(value) {
      throw CommandFailure.usage("\(entry.name): \(knob.name)=\(value) is out of range \(knob.range)")
    }
    if let conflict = entry.conflict(fitted) { throw CommandFailure.usage("\(text): \(conflict)") }
    if let misfit = misfit(form) { throw CommandFailure.usage("\(text): \(misfit)") }
  }

  public var model: any Model { entry.make(values) }

  /// In what numbers products are asked for.
  var precision: ProductPrecision { entry.precision(of: values) }

  /// As it could be typed, with every knob that is not at its default, and all that data may settle: read again, it is the
  /// same network whatever the data.
  public var text: String {
    let settings = zip(entry.knobs, values).filter { knob, value in
      knob.initial != value || Self.settledByData.contains(knob.name.description)
    }.map { "\($0.name)=\($0.text(of: $1))" }
    return settings.isEmpty ? entry.name.description : "\(entry.name):" + settings.joined(separator: ",")
  }

  private static let settledByData: Set = [
    "channels", "size", "inputs", "classes", "outputs", "vocabulary", "context",
  ]

  /// How many tokens it reads at most; nil where it reads none.
  public var context: Int? {
    if case .tokens(let context, _) = model.input { context } else { nil }
  }

  /// Why it cannot learn from such samples, if it cannot.
  private func misfit(_ form: SampleForm) -> String? {
    let model = model
    switch (model.input, form.input) {
    case (.tokens(let context, let vocabulary), .tokens(let length, let tokens)):
      if length > context { return "reads \(context) tokens, but the data's windows have \(length)" }
      if tokens > vocabulary { return "knows \(vocabulary) tokens, but the data has \(tokens)" }
    case (.images(let channels, let size), .image(let found, let rows, let columns)):
      if channels != found { return "reads \(channels) channels, but the images have \(found)" }
      let isFixed = entry.knobs.contains { $0.name.description == "size" }
      if isFixed, size != Extent(rows, columns) {
        return "reads images of \(size), but the data's are \(Extent(rows, columns))"
      }
    case (.features(let count), .vector), (.features(let count), .image):
      let found = form.inputShape.count
      if count != found { return "reads \(count) numbers, but the data's inputs have \(found)" }
    default:
      return "reads \(model.input.words), but the data is \(form.modelInput.words)"
    }
    switch (model.output, form.modelOutput) {
    case (.classes(let known), .classes(let count)):
      if known < count { return "tells \(known) classes apart, but the data has \(count)" }
    case (.numbers(let made), .numbers(let count)):
      if made != count { return "predicts \(made) numbers, but the data has \(count)" }
    case (.classes, .numbers): return "tells classes apart, but the data's target is numbers"
    case (.numbers, .classes): return "predicts numbers, but the data's target is classes"
    }
    return nil
  }
}

extension SampleForm {
  /// In the terms of models.
  var modelInput: ModelInput {
    switch input {
    case .vector(let features): .features(features)
    case .image(let channels, let rows, let columns): .images(channels: channels, size: Extent(rows, columns))
    case .tokens(let context, let vocabulary): .tokens(context: context, vocabulary: vocabulary)
    }
  }

  var modelOutput: ModelOutput {
    if case .numbers(let count) = target { .numbers(count) } else { .classes(outputs) }
  }
}

extension ModelInput {
  fileprivate var words: String {
    switch self {
    case .images: "images"
    case .features: "rows of numbers"
    case .tokens: "tokens"
    }
  }
}
