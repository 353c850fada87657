/// Rows and columns: the size of an image or a window.
public struct Extent: Sendable, Hashable, ExpressibleByIntegerLiteral {
  public var rows: Int
  public var columns: Int

  public init(_ rows: Int, _ columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// As many columns as rows.
  public init(integerLiteral length: Int) { self.init(length, length) }

  /// The greatest length a knob of this kind may have.
  public static let longest = 65_535

  /// Both in one number, as knobs hold their values.
  var encoded: Double { Double(rows * (Self.longest + 1) + columns) }

  init(encoded: Double) {
    self.init(Int(encoded) / (Self.longest + 1), Int(encoded) % (Self.longest + 1))
  }
}

extension Extent: CustomStringConvertible {
  /// As it is typed: `32`, `13x17`.
  public var description: String { rows == columns ? "\(rows)" : "\(rows)x\(columns)" }
}

extension KnobDescription {
  /// A value of a knob of kind `extent`.
  public func extent(of value: Double) -> Extent { Extent(encoded: value) }

  /// What such a knob holds for an extent; nil where a length is out of range.
  public func value(of extent: Extent) -> Double? {
    range.contains(Double(extent.rows)) && range.contains(Double(extent.columns)) ? extent.encoded : nil
  }

  /// Whether a value is in range; of an extent, both its lengths.
  public func accepts(_ value: Double) -> Bool {
    guard case .extent = kind else { return range.contains(value) }
    return value.isFinite && value.magnitude < 0x1p32 && self.value(of: extent(of: value)) != nil
  }
}
