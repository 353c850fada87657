import DownhillNN

/// What a model is trained on and by, where nobody says: settings with which the field's examples of it do well.
struct TrainRecipe {
  /// A set that is made; nil where there is none for the model.
  let data: String?
  let batch: Int
  let length: Length
  /// For so many steps.
  let optimizer: @Sendable (_ steps: Int) -> String
  /// Whether photographs are cropped and flipped.
  var augments = false

  /// How long it is trained.
  enum Length {
    case steps(Int)
    case epochs(Double)
  }

  init(for spec: NetworkSpec) {
    let name = spec.entry.name.description
    switch spec.model.input {
    case .tokens:
      (data, batch, length) = ("grammar", name == "gpt2" ? 1 : 12, .steps(2000))
      optimizer = { "adamw:lr=" + Self.cosine("1e-3", $0) }
    case .images where name == "vit-tiny" || name == "mlp-mixer":
      (data, batch, length, augments) = ("patterns", 100, .epochs(8), true)
      optimizer = { "adamw:lr=" + Self.cosine("1e-3", $0) + ",weight-decay=0.05" }
    case .images:
      // He et al. 2016 with the one-cycle schedule of short trainings.
      (data, batch, length, augments) = ("patterns", 100, .epochs(8), true)
      optimizer = { "sgd:lr=one-cycle(0.1,total=\(max($0, 1))),momentum=0.9,nesterov=true,weight-decay=5e-4" }
    case .features where name == "mlp":
      (data, batch, length) = ("spirals", 64, .epochs(40))
      optimizer = { "adamw:lr=" + Self.cosine("3e-3", $0) }
    case .features:
      let isRegression = if case .numbers = spec.model.output { true } else { false }
      (data, batch, length) = (isRegression ? nil : "moons", 64, .epochs(40))
      optimizer = { "adam:lr=" + Self.cosine("0.03", $0) }
    }
  }

  /// The rule of what is no hidden matrix, beside a rule that takes matrices only.
  static func rest(_ steps: Int) -> String { "adamw:lr=" + cosine("1e-3", steps) }

  /// Up within a hundred steps, or a tenth of all, then down to a tenth.
  private static func cosine(_ peak: String, _ steps: Int) -> String {
    guard steps >= 20 else { return peak }
    return "cosine(\(peak),warmup=\(min(100, steps / 10)),total=\(steps),final=0.1)"
  }
}
