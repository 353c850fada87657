import DownhillBase
public import DownhillKernels
public import DownhillNN

/// What the operations of a network took, with the least that they could take on this machine: the longer of the time of
/// their products at the processor's peak, and of their bytes at the speed of a copy. Williams, Waterman, Patterson 2009,
/// "Roofline: an insightful visual performance model".
public struct ProfileTable: Sendable {
  /// Operations of one kind and shape, in one direction.
  public struct Row: Sendable {
    public let kind: String
    public let shape: String
    /// `forward`, `backward` or, for what is neither, nothing.
    public let pass: String
    /// How many of them are in a step.
    public internal(set) var count: Int
    /// Of a step, all of them together, as are the following.
    public internal(set) var milliseconds: Double
    public internal(set) var flops: Double
    public internal(set) var bytes: Double
  }

  /// What takes longest first.
  public private(set) var rows: [Row] = []
  /// Floating-point operations a second of products.
  public let peakFlops: Double
  /// Bytes a second that a copy moves.
  public let bytesPerSecond: Double

  /// - Parameters:
  ///   - profile: What a program took.
  ///   - steps: In how many steps; nil where each pass was one.
  ///   - peakFlops: Floating-point operations a second of products.
  ///   - bytesPerSecond: Bytes a second that a copy moves.
  public init(_ profile: [OperationProfile], steps: Int? = nil, peakFlops: Double, bytesPerSecond: Double) {
    self.peakFlops = peakFlops
    self.bytesPerSecond = bytesPerSecond
    var places: [String: Int] = [:]
    for entry in profile where entry.passes > 0 {
      let pass = entry.isBackward ? "backward" : "forward"
      let key = "\(entry.kind)|\(entry.shape)|\(pass)"
      let place = places[key] ?? rows.count
      if place == rows.count {
        places[key] = place
        rows.append(
          Row(kind: entry.kind, shape: entry.shape, pass: pass, count: 0, milliseconds: 0, flops: 0, bytes: 0))
      }
      let passes = entry.passes / max(steps ?? entry.passes, 1)
      rows[place].count += passes
      rows[place].milliseconds += entry.seconds / Double(entry.passes) * 1e3 * Double(passes)
      rows[place].flops += entry.productFlops * Double(passes)
      rows[place].bytes += entry.bytes * Double(passes)
    }
    sort()
  }

  /// What this machine does at most is measured now.
  /// - Parameters:
  ///   - profile: What a program took.
  ///   - steps: In how many steps; nil where each pass was one.
  ///   - workingSet: How many bytes a step touches: what fits into a cache is faster there.
  ///   - usesBFloat16: Whether products are of numbers of 16 bits.
  ///   - loop: The threads of the program.
  public init(
    _ profile: [OperationProfile], steps: Int? = nil, workingSet: Int, usesBFloat16: Bool, on loop: TeamLoop
  ) {
    self.init(
      profile, steps: steps, peakFlops: PeakRate.measure(usesBFloat16: usesBFloat16, on: loop),
      bytesPerSecond: MemoryRate.measure(bytes: workingSet, on: loop))
  }

  /// What a step does beside its network, such as the optimizer's part.
  public mutating func add(_ kind: String, _ shape: String, milliseconds: Double, bytes: Double) {
    rows.append(
      Row(kind: kind, shape: shape, pass: "", count: 1, milliseconds: milliseconds, flops: 0, bytes: bytes))
    sort()
  }

  private mutating func sort() {
    rows.sort { ($1.milliseconds, $0.kind, $0.shape, $0.pass) < ($0.milliseconds, $1.kind, $1.shape, $1.pass) }
  }

  /// The least that a row can take.
  public func boundMilliseconds(of row: Row) -> Double {
    1e3 * max(row.flops / peakFlops, row.bytes / bytesPerSecond)
  }

  private var total: Double { rows.reduce(0) { $0 + $1.milliseconds } }

  /// For a terminal.
  public var text: String {
    var table = TextTable([
      ("operation", .left), ("shape", .left), ("pass", .left), ("count", .right), ("ms", .right), ("%", .right),
      ("MFLOP", .right), ("MB", .right), ("GFLOP/s", .right), ("bound ms", .right), ("times bound", .right),
    ])
    for row in rows {
      let bound = boundMilliseconds(of: row)
      table.add([
        row.kind, row.shape, row.pass, "\(row.count)", readable(row.milliseconds, digits: 3),
        readable(100 * row.milliseconds / total, digits: 2), row.flops > 0 ? readable(row.flops * 1e-6, digits: 3) : "",
        readable(row.bytes * 1e-6, digits: 3),
        row.flops > 0 ? readable(row.flops / row.milliseconds * 1e-6, digits: 3) : "", readable(bound, digits: 2),
        bound > 0 ? readable(row.milliseconds / bound, digits: 2) : "",
      ])
    }
    return """
      \(table.text)
      \(readable(total)) ms a step in all; the bound is the longer of products at \
      \(readable(peakFlops * 1e-9, digits: 3)) GFLOP/s and bytes at \(readable(bytesPerSecond * 1e-9, digits: 3)) GB/s,
      both measured here. What an operation finds in a near cache can be faster than its bytes say.
      """
  }

  public var json: JSON {
    .object([
      ("peakFlops", .number(peakFlops)), ("bytesPerSecond", .number(bytesPerSecond)),
      (
        "operations",
        .array(
          rows.map { row in
            .object([
              ("operation", .text(row.kind)), ("shape", .text(row.shape)), ("pass", .text(row.pass)),
              ("count", .integer(row.count)), ("milliseconds", .number(row.milliseconds)),
              ("flops", .number(row.flops)), ("bytes", .number(row.bytes)),
              ("boundMilliseconds", .number(boundMilliseconds(of: row))),
            ])
          })
      ),
    ])
  }
}
