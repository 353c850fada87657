/// Shapes of matrices as a command line gives them: `768x768x4,3072x768` are four of one shape and one of another.
public struct MatrixShapes: Sendable {
  public struct Entry: Sendable {
    public let rows, columns, count: Int
    /// As it was written.
    public let text: String
  }

  public let entries: [Entry]

  /// More numbers than this in all are no benchmark of this machine.
  private static let mostNumbers = 1 << 29

  /// - Throws: `CommandFailure` for what is no list of shapes.
  public init(_ text: String) throws {
    var entries = [Entry]()
    var numbers = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let lengths = part.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard (2...3).contains(lengths.count), lengths.allSatisfy({ ($0 ?? 0) >= 1 && ($0 ?? 0) <= 1 << 20 }) else {
        throw CommandFailure.usage(
          "--shapes \(text): \"\(part)\" is no shape; expected rows x columns, or rows x columns x count, such as 768x768x4"
        )
      }
      let (rows, columns, count) = (lengths[0] ?? 1, lengths[1] ?? 1, lengths.count == 3 ? lengths[2] ?? 1 : 1)
      let (size, isTooLarge) = (rows * columns).multipliedReportingOverflow(by: count)
      numbers = isTooLarge ? .max : numbers.addingReportingOverflow(size).overflow ? .max : numbers + size
      guard numbers <= Self.mostNumbers else {
        throw CommandFailure.usage("--shapes \(text): more than \(Self.mostNumbers) numbers in all")
      }
      entries.append(Entry(rows: rows, columns: columns, count: count, text: String(part)))
    }
    self.entries = entries
  }

  /// As they were written.
  public var json: JSON { .array(entries.map { .text($0.text) }) }
}
