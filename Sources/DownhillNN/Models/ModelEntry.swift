public import DownhillBase

/// A model's line in the catalogue: its name, its knobs with their defaults, and how it is made.
public struct ModelEntry: SpecEntry {
  public let name: StaticString
  /// One sentence.
  public let summary: StaticString
  /// What can be set; those that data settles, where they are not given, are among them.
  public let knobs: [KnobDescription]
  public let conflict: @Sendable (_ values: [Double]) -> StaticString?
  /// The model with these values of the knobs, each in range and without a conflict.
  public let make: @Sendable (_ values: [Double]) -> any Model

  /// - Parameters:
  ///   - name: On the command line.
  ///   - summary: One sentence.
  ///   - base: What has the defaults.
  init<M: Model>(_ name: StaticString, _ summary: StaticString, _ base: M = M()) {
    // All knobs but the last are the model's own.
    let configured = { @Sendable (values: [Double]) -> M in
      zip(M.knobs, values).reduce(into: base) { model, setting in setting.0.write(&model, setting.1) }
    }
    self.name = name
    self.summary = summary
    knobs = M.knobs.map { $0.description.starting(at: $0.read(base)) } + InPrecision.knobs.map { $0.description }
    conflict = { configured($0).conflict }
    make = { values in
      var model = InPrecision(base: configured(values))
      for (knob, value) in zip(InPrecision.knobs, values.dropFirst(M.knobs.count)) { knob.write(&model, value) }
      return model.precision == .float ? model.base : model
    }
  }

  /// The values with those of the data in their places, but for the knobs that were given.
  /// - Parameters:
  ///   - values: One a knob.
  ///   - input: What the data has.
  ///   - output: What is to be predicted.
  ///   - given: The names of knobs that keep their values.
  public func fitted(_ values: [Double], to input: ModelInput, _ output: ModelOutput, given: [String]) -> [Double] {
    var values = values
    func settle(_ name: String, _ value: Double?) {
      guard !given.contains(name), let value else { return }
      guard let place = knobs.firstIndex(where: { $0.name.description == name }) else { return }
      values[place] = value
    }
    switch input {
    case .images(let channels, let size):
      settle("channels", Double(channels))
      settle("size", knobs.first { $0.name.description == "size" }?.value(of: size))
      settle("inputs", Double(channels * size.rows * size.columns))
    case .features(let count): settle("inputs", Double(count))
    case .tokens(_, let vocabulary): settle("vocabulary", Double(vocabulary))
    }
    switch output {
    case .classes(let count): settle("classes", Double(count))
    case .numbers(let count): settle("outputs", Double(count))
    }
    return values
  }

  /// `InPrecision` has one knob, behind the model's own.
  private var precisionPlace: Int { knobs.count - 1 }

  /// In what numbers products are by these values.
  public func precision(of values: [Double]) -> ProductPrecision {
    ProductPrecision.allCases[Int(values[precisionPlace])]
  }

  /// The values with products of this precision.
  public func values(_ values: [Double], in precision: ProductPrecision) -> [Double] {
    var values = values
    values[precisionPlace] = Double(ProductPrecision.allCases.firstIndex(of: precision) ?? 0)
    return values
  }

  /// The names of the knobs that a spec such as `mlp:depth=3,width=64` gives.
  public static func givenKnobs(in spec: String) -> [String] {
    let settings = spec.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
    return settings.split(separator: ",").map { String($0.prefix { $0 != "=" }) }
  }
}
