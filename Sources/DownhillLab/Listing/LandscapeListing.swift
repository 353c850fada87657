import Downhill
public import DownhillBase
public import DownhillLandscapes

/// What can be raced on, as JSON and as text.
public enum LandscapeListing {
  /// Landscapes, data problems and matrix problems.
  public static var json: JSON {
    .object([
      ("landscapes", .array(LandscapeCatalogue.standard.entries.map { json(of: $0) })),
      (
        "dataProblems",
        .array(DataProblem.catalogue.map { json($0.name, $0.summary, $0.equation, $0.knobs) })
      ),
      (
        "matrixProblems",
        .array(MatrixProblemCatalogue.standard.map { json($0.name, $0.summary, $0.equation, $0.knobs) })
      ),
    ])
  }

  private static func json(
    _ name: StaticString, _ summary: StaticString, _ equation: StaticString, _ knobs: [KnobDescription]
  ) -> JSON {
    .object([
      ("name", .text(name.description)), ("summary", .text(summary.description)),
      ("equation", .text(equation.description)), ("knobs", .array(knobs.map { $0.json })),
    ])
  }

  private static func json(of entry: LandscapeEntry) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("name", .text(entry.name.description)), ("summary", .text(entry.summary.description)),
      ("equation", .text(entry.equation.description)),
    ]
    if let landscape = try? entry.makeDefault() {
      members += [
        ("dimension", .integer(landscape.dimension)),
        ("domain", .array(landscape.domain.map { .numbers([$0.lower, $0.upper]) })),
        ("start", .numbers(landscape.start)),
        ("minima", .array(landscape.minima.map { json(of: $0, on: landscape) })),
        ("saddles", .array(landscape.saddles.map { json(of: $0, on: landscape) })),
      ]
    }
    members.append(("knobs", .array(entry.knobs.map { $0.json })))
    return .object(members)
  }

  private static func json(of point: StationaryPoint, on landscape: AnyLandscape) -> JSON {
    .object([
      ("name", .text(point.name)), ("point", .numbers(point.coordinates)),
      ("value", .number(landscape.double.value(point.coordinates))),
    ])
  }

  /// A table of all, for a terminal.
  public static var text: String {
    var table = TextTable([
      ("landscape", .left), ("equation", .left), ("minima", .left), ("saddles", .right), ("knobs", .left),
    ])
    for entry in LandscapeCatalogue.standard.entries {
      let landscape = try? entry.makeDefault()
      table.add([
        entry.name.description, entry.equation.description, names(of: landscape?.minima ?? []),
        "\(landscape?.saddles.count ?? 0)", knobs(entry.knobs),
      ])
    }
    var problems = TextTable([("data problem", .left), ("loss", .left), ("knobs", .left)])
    for entry in DataProblem.catalogue {
      problems.add([entry.name.description, entry.equation.description, knobs(entry.knobs)])
    }
    var matrices = TextTable([("matrix problem", .left), ("loss", .left), ("knobs", .left)])
    for entry in MatrixProblemCatalogue.standard {
      matrices.add([entry.name.description, entry.equation.description, knobs(entry.knobs)])
    }
    return """
      \(table.text)
      \(problems.text)
      \(matrices.text)
      Knobs follow a colon: rosenbrock:a=1,b=50 or linear-regression:features=50,condition=1e3. A data problem takes its
      rows from --data F.csv --target COLUMN, or makes them; a matrix problem is made, from
      the seed.

      """
  }

  /// The first few: some landscapes have a hundred.
  private static func names(of points: [StationaryPoint]) -> String {
    let shown = 4
    guard points.count > shown else { return points.isEmpty ? "none" : points.map { $0.name }.joined(separator: " ") }
    return points.prefix(shown - 1).map { $0.name }.joined(separator: " ") + " and \(points.count - shown + 1) more"
  }

  private static func knobs(_ knobs: [KnobDescription]) -> String {
    knobs.map { "\($0.name)=\($0.defaultText)" }.joined(separator: " ")
  }
}

extension LandscapeEntry: SpecEntry {
  public var conflict: @Sendable (_ values: [Double]) -> StaticString? { { _ in nil } }
}
