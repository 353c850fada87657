public import DownhillBase
import Downhill

/// A set that needs no file, as the catalogue lists it.
public struct MadeData: SpecEntry {
  public let name: StaticString
  /// One sentence.
  public let summary: StaticString
  public let knobs: [KnobDescription]
  public let conflict: @Sendable (_ values: [Double]) -> StaticString?
  let make: @Sendable (_ name: String, _ values: [Double], _ options: DataOptions) throws -> DataSplit

  private init<Settings: Configurable>(
    _ name: StaticString, _ summary: StaticString,
    _ make: @escaping @Sendable (String, Settings, DataOptions) throws -> DataSplit
  ) {
    @Sendable func settings(_ values: [Double]) -> Settings {
      var settings = Settings()
      for (knob, value) in zip(Settings.knobs, values) { knob.write(&settings, value) }
      return settings
    }
    self.name = name
    self.summary = summary
    knobs = Settings.knobs.map { $0.description }
    conflict = { settings($0).conflict }
    self.make = { name, values, options in try make(name, settings(values), options) }
  }

  /// Those there are.
  public static let catalogue: [MadeData] = [
    MadeData("grammar", "Text of a small grammar, characters to predict.") { (name, text: GrammarText, options) in
      let made = text.make()
      let split = try DataSplit.text(made.text, name: name, options)
      return split.remarked("the grammar itself has \(readable(made.entropy)) nats a character: no model does better")
    },
    MadeData("spirals", "Two spirals in the plane.") { (name, points: TwoSpirals, options) in
      try DataSplit.points(name, points.make(), options)
    },
    MadeData("moons", "Two half circles in the plane.") { (name, points: TwoMoons, options) in
      try DataSplit.points(name, points.make(), options)
    },
    MadeData("patterns", "Images of ten figures, 3 × 32 × 32.") { (name, images: PatternImages, options) in
      try DataSplit.images(name, images.make(), heldOut: nil, labels: PatternImages.labels, options)
    },
    MadeData("modular-arithmetic", "a + b modulo 97 as four tokens, half of them held out.") {
      (name, arithmetic: ModularArithmetic, options) in
      try DataSplit.arithmetic(name, arithmetic, options)
    },
  ]
}
