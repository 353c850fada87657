/// A hyperparameter of `Owner`: its description, and how to read and write it.
///
/// Declared once a rule; key paths would say the same in fewer words, but Embedded Swift has none.
public struct Knob<Owner>: Sendable {
  public let description: KnobDescription
  public let read: @Sendable (Owner) -> Double
  public let write: @Sendable (inout Owner, Double) -> Void

  @usableFromInline
  init(
    description: KnobDescription, read: @escaping @Sendable (Owner) -> Double,
    write: @escaping @Sendable (inout Owner, Double) -> Void
  ) {
    self.description = description
    self.read = read
    self.write = write
  }
}

/// A type whose hyperparameters are declared as data. `init()` gives the defaults.
public protocol Configurable: Sendable {
  /// The defaults, which `knobs` reports.
  init()
  /// Its hyperparameters, in the order in which they are shown.
  static var knobs: [Knob<Self>] { get }
  /// Why values that are each in range do not go together, if they do not.
  var conflict: StaticString? { get }
}

extension Configurable {
  public var conflict: StaticString? { nil }
}

extension Knob where Owner: Configurable {
  /// A number.
  /// - Parameters:
  ///   - name: The spelling on the command line.
  ///   - range: The values accepted.
  ///   - scale: Logarithmic where a factor, not a difference, is what matters.
  ///   - unit: The unit, empty for a pure number.
  ///   - help: One sentence.
  ///   - read: The value that an owner has.
  ///   - write: Gives an owner another value.
  public static func number(
    _ name: StaticString, in range: KnobRange, scale: KnobDescription.Scale = .linear, unit: StaticString = "",
    _ help: StaticString, _ read: @escaping @Sendable (Owner) -> Double,
    _ write: @escaping @Sendable (inout Owner, Double) -> Void
  ) -> Self {
    Self(
      description: KnobDescription(
        name: name, help: help, unit: unit, kind: .number, scale: scale, range: range, initial: read(Owner())),
      read: read, write: write)
  }

  /// A whole number.
  public static func integer(
    _ name: StaticString, in range: KnobRange, unit: StaticString = "", _ help: StaticString,
    _ read: @escaping @Sendable (Owner) -> Int, _ write: @escaping @Sendable (inout Owner, Int) -> Void
  ) -> Self {
    Self(
      description: KnobDescription(
        name: name, help: help, unit: unit, kind: .integer, scale: .linear, range: range, initial: Double(read(Owner()))
      ),
      read: { Double(read($0)) }, write: { write(&$0, Int($1)) })
  }

  /// A flag.
  public static func flag(
    _ name: StaticString, _ help: StaticString, _ read: @escaping @Sendable (Owner) -> Bool,
    _ write: @escaping @Sendable (inout Owner, Bool) -> Void
  ) -> Self {
    Self(
      description: KnobDescription(
        name: name, help: help, unit: "", kind: .flag, scale: .linear, range: KnobRange(0, 1),
        initial: read(Owner()) ? 1 : 0),
      read: { read($0) ? 1 : 0 }, write: { write(&$0, $1 != 0) })
  }

  /// Rows and columns.
  public static func extent(
    _ name: StaticString, in range: KnobRange, _ help: StaticString, _ read: @escaping @Sendable (Owner) -> Extent,
    _ write: @escaping @Sendable (inout Owner, Extent) -> Void
  ) -> Self {
    Self(
      description: KnobDescription(
        name: name, help: help, unit: "", kind: .extent, scale: .linear, range: range, initial: read(Owner()).encoded),
      read: { read($0).encoded }, write: { write(&$0, Extent(encoded: $1)) })
  }

  /// One of several named values.
  public static func choice<Value: KnobChoice>(
    _ name: StaticString, _ help: StaticString, _ read: @escaping @Sendable (Owner) -> Value,
    _ write: @escaping @Sendable (inout Owner, Value) -> Void
  ) -> Self {
    let values = Array(Value.allCases)
    return Self(
      description: KnobDescription(
        name: name, help: help, unit: "", kind: .choice(values.map { $0.knobName }), scale: .linear,
        range: KnobRange(0, Double(values.count - 1)), initial: Double(read(Owner()).position)),
      read: { Double(read($0).position) }, write: { write(&$0, values[Int($1)]) })
  }
}

/// A value that is chosen by name.
public protocol KnobChoice: CaseIterable, Equatable, Sendable {
  /// Its spelling on the command line.
  var knobName: StaticString { get }
}

extension KnobChoice {
  fileprivate var position: Int {
    var position = 0
    for value in Self.allCases {
      if value == self { return position }
      position += 1
    }
    return position
  }
}
