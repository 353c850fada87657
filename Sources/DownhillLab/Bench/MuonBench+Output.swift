import DownhillBase

extension MuonBench {
  private var name: String { orthogonalizer.method.knobName.description }
  private var precision: String { orthogonalizer.precision.knobName.description }

  /// The contract's JSON of a step.
  public func json(ofStep row: Row, peakFlops: Double) -> JSON {
    .object([
      ("shapes", shapes.json), ("milliseconds", .number(row.milliseconds)), ("orthogonalizer", .text(name)),
      ("precision", .text(precision)), ("rmsError", .number(row.rmsError)), ("flops", .number(row.flops)),
      ("peakFlops", .number(peakFlops)), ("threads", .integer(threads)),
      ("algorithms", .array(row.choices.map { .text($0) })),
    ])
  }

  /// A step for a terminal.
  public func text(ofStep row: Row, peakFlops: Double) -> String {
    """
    A Muon step over \(shapes.entries.map { $0.text }.joined(separator: ", ")), \(threads) threads, median of \(rounds)

    milliseconds    \(readable(row.milliseconds, digits: 4))
    orthogonalizer  \(name), \(precision)
    error           \(readable(row.rmsError, digits: 2)) beside its polynomial in Double
    rate            \(readable(row.flops / row.milliseconds * 1e-6, digits: 3)) GFLOP/s, \
    \(readable(100 * row.fraction(of: peakFlops), digits: 3)) % of the measured peak
    \(zip(shapes.entries, row.choices).map { "\($0.text): \($1)" }.joined(separator: "\n"))
    """
  }

  /// The orthogonaliser by itself, a member a shape.
  public func json(ofOrthogonalizations rows: [Row], peakFlops: Double) -> JSON {
    .object([
      ("orthogonalizer", .text(name)), ("precision", .text(precision)), ("threads", .integer(threads)),
      ("peakFlops", .number(peakFlops)),
      (
        "shapes",
        .array(
          zip(shapes.entries, rows).map { entry, row in
            .object([
              ("shape", .text(entry.text)), ("milliseconds", .number(row.milliseconds)), ("flops", .number(row.flops)),
              ("fractionOfPeak", .number(row.fraction(of: peakFlops))), ("rmsError", .number(row.rmsError)),
              ("algorithm", row.choices.first.map { .text($0) } ?? .null),
            ])
          })
      ),
    ])
  }

  /// The same for a terminal.
  public func table(ofOrthogonalizations rows: [Row], peakFlops: Double) -> String {
    var table = TextTable([
      ("shape", .left), ("ms", .right), ("GFLOP/s", .right), ("of peak", .right), ("error", .right), ("how", .left),
    ])
    for (entry, row) in zip(shapes.entries, rows) {
      table.add([
        entry.text, readable(row.milliseconds, digits: 4), readable(row.flops / row.milliseconds * 1e-6, digits: 3),
        readable(row.fraction(of: peakFlops), digits: 2), readable(row.rmsError, digits: 2), row.choices.first ?? "",
      ])
    }
    return "\(name), \(precision), \(threads) threads, medians of \(rounds); "
      + "peak \(readable(peakFlops * 1e-9, digits: 4)) GFLOP/s\n\n" + table.text
  }
}
