/// A hyperparameter as data: what the command line, the JSON, the guides and the sliders are made from.
public struct KnobDescription: Sendable {
  /// What values a knob takes. All are held as Double: a flag as 0 or 1, a choice as its position.
  public enum Kind: Sendable {
    case number
    case integer
    case flag
    case choice([StaticString])
    /// Rows and columns, each within the range: `32`, `13x17`.
    case extent
  }

  /// How a slider should be divided, and a grid be laid.
  public enum Scale: Sendable {
    case linear
    case logarithmic
  }

  /// The spelling on the command line, which is PyTorch's where PyTorch has the knob.
  public let name: StaticString
  /// One sentence for a reader who meets the knob for the first time.
  public let help: StaticString
  /// The unit of the value, empty for a pure number.
  public let unit: StaticString
  public let kind: Kind
  public let scale: Scale
  /// The values that are accepted.
  public let range: KnobRange
  /// The value of a rule that was made without arguments.
  public let initial: Double

  /// A knob that is described alone, where what it sets is no rule's.
  package init(
    name: StaticString, help: StaticString, unit: StaticString, kind: Kind, scale: Scale, range: KnobRange,
    initial: Double
  ) {
    self.name = name
    self.help = help
    self.unit = unit
    self.kind = kind
    self.scale = scale
    self.range = range
    self.initial = initial
  }

  /// The same knob with another default.
  public func starting(at initial: Double) -> KnobDescription {
    KnobDescription(
      name: name, help: help, unit: unit, kind: kind, scale: scale, range: range, initial: initial)
  }

  /// Whether a schedule may drive it: only numbers vary with the step.
  public var isSchedulable: Bool {
    if case .number = kind { true } else { false }
  }
}

/// The values that a knob accepts: an interval whose upper end may be left out.
public struct KnobRange: Sendable, Equatable {
  public let minimum: Double
  public let maximum: Double
  /// Whether `maximum` itself is refused, as for a decay rate of an average, which must stay below 1.
  public let excludesMaximum: Bool

  /// - Parameters:
  ///   - minimum: The least value accepted.
  ///   - maximum: The greatest value accepted; infinity where there is none.
  ///   - excludesMaximum: Whether `maximum` itself is refused.
  public init(_ minimum: Double, _ maximum: Double = .infinity, excludesMaximum: Bool = false) {
    self.minimum = minimum
    self.maximum = maximum
    self.excludesMaximum = excludesMaximum
  }

  /// Whether a value lies within; a value that is not finite never does.
  public func contains(_ value: Double) -> Bool {
    value.isFinite && value >= minimum && (excludesMaximum ? value < maximum : value <= maximum)
  }
}

extension KnobRange: CustomStringConvertible {
  /// In the notation of intervals, such as `[0, 1)`.
  public var description: String {
    let open = maximum == .infinity || excludesMaximum
    let upper = maximum == .infinity ? "∞" : Self.short(maximum)
    return "[\(Self.short(minimum)), \(upper)\(open ? ")" : "]")"
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded(.towardZero) && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
