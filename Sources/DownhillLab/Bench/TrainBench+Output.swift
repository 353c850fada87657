import Downhill

extension TrainBench {
  /// The contract's JSON, and what else was measured.
  public func json(of row: Row) -> JSON {
    .object(members(of: row) + (row.profile.map { [("profile", $0.json)] } ?? []))
  }

  private func members(of row: Row) -> [(key: String, value: JSON)] {
    [
      ("model", .text(model)), ("millisecondsPerStep", .number(row.milliseconds)),
      ("\(row.itemName)PerSecond", .number(row.itemsPerSecond)), ("parameters", .integer(row.parameters)),
      ("peakMemoryBytes", .integer(row.peakMemoryBytes)), ("precision", .text("\(computedIn.knobName)")),
      ("batch", .integer(batch)),
      ("threads", .integer(threads)), ("optimizer", .array(plan.groups.map { .text($0.description) })),
      ("optimizerMilliseconds", .number(row.optimizerMilliseconds)),
      ("optimizerShare", .number(row.optimizerMilliseconds / row.milliseconds)), ("flops", .number(row.flops)),
      ("peakFlops", .number(row.peakFlops)), ("fractionOfPeak", .number(row.fractionOfPeak)),
      ("steps", .integer(row.steps)), ("lastLoss", .number(row.loss)),
    ]
  }

  /// The same for a terminal.
  public func text(of row: Row) -> String {
    """
    \(model), \(batch) a step, \(threads) threads, \(precision.text(computedIn: computedIn)): median of \(row.steps) steps

    ms a step         \(readable(row.milliseconds))
    \(row.itemName.padding(to: 6)) a second   \(readable(row.itemsPerSecond))
    parameters        \(row.parameters)
    peak memory       \(readable(Double(row.peakMemoryBytes) * 1e-6, digits: 3)) MB
    products          \(readable(row.flops / row.milliseconds * 1e-6, digits: 3)) GFLOP/s, \
    \(readable(100 * row.fractionOfPeak, digits: 3)) % of the measured peak
    optimizer         \(readable(row.optimizerMilliseconds, digits: 3)) ms, \
    \(readable(100 * row.optimizerMilliseconds / row.milliseconds, digits: 3)) % of a step
    \(plan.groups.map { "                  " + $0.description }.joined(separator: "\n"))\
    \(row.profile.map { "\n\n" + $0.text } ?? "")
    """
  }
}

extension TrainBench.Row {
  /// How much of what the processor can do a step's products are, all of the step's time counted.
  public var fractionOfPeak: Double { flops / (milliseconds * 1e-3 * peakFlops) }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
}
