public import Downhill
import DownhillBase
import DownhillThreads

/// Times each elementwise rule beside a loop of the same memory traffic without arithmetic, in turn.
public struct RuleBench: Sendable {
  public var count: Int
  /// The specs to time: the catalogue's elementwise rules by their names, with some variants.
  public var specs: [(text: String, spec: OptimizerSpec)]
  public var rounds: Int
  public var threads: Int
  /// In what numbers the state is kept; the limit is that of float32 all the same.
  public var format: StorageFormat

  /// What was measured of one rule.
  public struct Row: Sendable {
    public let rule: String
    /// Medians over the rounds, of a step and of the loop.
    public let milliseconds: Double
    public let limitMilliseconds: Double
    /// Bytes that a step reads and writes for each weight.
    public let bytesPerWeight: Int
    let count: Int

    /// 10⁹ bytes a second.
    public var gigabytesPerSecond: Double { Double(bytesPerWeight) * Double(count) / (milliseconds * 1e6) }
  }

  public init(
    count: Int, specs: [(text: String, spec: OptimizerSpec)], rounds: Int, threads: Int? = nil,
    format: StorageFormat = .full
  ) {
    self.format = format
    self.count = count
    self.specs = specs
    self.rounds = rounds
    self.threads = threads ?? DispatchLoop().workerCount
  }

  /// The elementwise rules with default knobs, and variants whose traffic differs.
  public static func standardSpecs(of catalogue: Catalogue) throws(SpecError) -> [(text: String, spec: OptimizerSpec)] {
    var texts = catalogue.rules.filter { $0.isElementwise }.map { $0.name.description }
    texts += [
      "sgd:momentum=0.9", "adam:amsgrad=true", "rmsprop:centered=true", "clip:value=1/adamw", "clip:value=1/sgd",
      "lookahead/adamw", "cautious/adamw",
    ]
    var specs = [(text: String, spec: OptimizerSpec)]()
    for text in texts { specs.append((text, try catalogue.parse(text))) }
    return specs
  }

  /// The rows, in the order of the specs.
  /// - Throws: A `SpecError` for a spec that cannot be kept in the format.
  public func run() throws(SpecError) -> [Row] {
    let loop = DispatchLoop(workerCount: threads)
    let weights = AlignedMemory<Float>(count: count, repeating: 0)
    let gradient = AlignedMemory<Float>(count: count, repeating: 0)
    fill(weights.start, seed: 1, size: 0.1)
    fill(gradient.start, seed: 2, size: 1)
    let progress = Progress("timing", total: specs.count * rounds)
    defer { progress.finish() }
    var rows = [Row]()
    for (text, spec) in specs {
      var optimizer = try Optimizer<Float>(spec, for: [Parameter("weights", [count])], storing: format, on: loop)
      guard let traffic = optimizer.traffic else { continue }
      let bare = MemoryTraffic(traffic, count: count)
      let tensor = TensorPointers(weights: weights.start, gradient: UnsafePointer(gradient.start))
      var (steps, limits) = ([Double](), [Double]())
      withUnsafePointer(to: tensor) { tensor in
        for round in 0..<rounds {
          steps += timed(isFirst: round == 0) { optimizer.update(UnsafeBufferPointer(start: tensor, count: 1)) }
          limits += timed(isFirst: round == 0) { bare.run(on: loop) }
          progress.advance()
        }
      }
      rows.append(
        Row(
          rule: text, milliseconds: median(steps), limitMilliseconds: median(limits),
          bytesPerWeight: 4 * traffic.total, count: count))
    }
    return rows
  }

  /// Some runs in a row, as steps follow each other in a training loop, after some that bring the caches into the state
  /// that such runs leave.
  private func timed(isFirst: Bool, _ body: () -> Void) -> [Double] {
    for _ in 0..<(isFirst ? 3 : 1) { body() }
    return (0..<3).map { _ in milliseconds(body) }
  }

  private func fill(_ memory: UnsafeMutablePointer<Float>, seed: UInt64, size: Double) {
    let random = CounterRandom(seed: seed)
    // A million numbers, repeated: drawing all takes longer than the measurement.
    let period = min(count, 1 << 20)
    for index in 0..<period { memory[index] = Float(size * random.normal(at: UInt64(index))) }
    for index in period..<count { memory[index] = memory[index - period] }
  }

  /// The contract's JSON.
  public func json(of rows: [Row]) -> JSON {
    .object([
      ("threads", .integer(threads)), ("count", .integer(count)),
      (
        "rules",
        .array(
          rows.map {
            .object([
              ("rule", .text($0.rule)), ("milliseconds", .number($0.milliseconds)),
              ("bytesPerWeight", .integer($0.bytesPerWeight)), ("gigabytesPerSecond", .number($0.gigabytesPerSecond)),
              ("limitMilliseconds", .number($0.limitMilliseconds)),
            ])
          })
      ),
    ])
  }

  /// A table for a terminal.
  public func table(of rows: [Row]) -> String {
    var table = TextTable([
      ("rule", .left), ("ms", .right), ("limit ms", .right), ("ratio", .right), ("bytes a weight", .right),
      ("GB/s", .right),
    ])
    for row in rows {
      table.add([
        row.rule, readable(row.milliseconds), readable(row.limitMilliseconds),
        readable(row.milliseconds / row.limitMilliseconds, digits: 3), "\(row.bytesPerWeight)",
        readable(row.gigabytesPerSecond, digits: 3),
      ])
    }
    let state = format.moments == .full ? "" : ", moments in bfloat16 (bytes, GB/s and limit as if in float32)"
    return "\(count) weights in float32\(state), \(threads) threads, medians of \(rounds)\n\n" + table.text
  }
}

/// The milliseconds that a closure takes.
func milliseconds(_ body: () -> Void) -> Double {
  ContinuousClock().measure(body) / .milliseconds(1)
}

/// The middle of some numbers, or the mean of the middle two.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
