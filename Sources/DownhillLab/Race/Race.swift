import Downhill
import DownhillBase
import DownhillLandscapes
import DownhillMatrix

/// A race as it is asked for on the command line: checked, and with what was left open filled in.
public struct Race: Sendable {
  private enum Course: Sendable {
    case landscape(LandscapeRace)
    case data(DataRace)
    case matrix(MatrixRace)
  }

  private let problem: String
  private let course: Course

  /// More steps than any picture shows; a bound on memory.
  static let mostSteps = 10_000_000

  /// - Parameters:
  ///   - problem: A landscape's or data problem's name, settings behind a colon; else a function of x and y.
  ///   - optimizers: Specs; a default set where there is none.
  ///   - start: Coordinates on a landscape; its own where nil.
  ///   - domain: What a picture of a function of x and y shows, and where its minima are looked for: two numbers for both
  ///     axes, or four; −5 to 5 where nil.
  ///   - steps: How many; 400 on landscapes and 300 on data where nil.
  ///   - seed: Decides all that is random.
  ///   - noise: Standard deviation of noise on gradients.
  ///   - precision: In what numbers.
  ///   - inspectedSteps: Steps after whose update the state is recorded.
  ///   - file: A CSV file and its target columns.
  ///   - heldOut: The share of rows that is held out; a fifth where nil.
  ///   - batch: Rows a step.
  ///   - tracesState: Whether the state is recorded over all steps, for a picture.
  ///   - tracesSpectra: Whether singular values are recorded over all steps.
  /// - Throws: `CommandFailure`, `SpecError` or `FileError`, which name what is wrong.
  public init(
    problem: String, optimizers: [String], start: [Double]?, domain: [Double]? = nil, steps: Int?, seed: UInt64,
    noise: Double, precision: RaceSettings.Precision, inspectedSteps: [Int],
    file: (path: String, targets: [String])?, heldOut: Double?, batch: Int?, tracesState: Bool = false,
    tracesSpectra: Bool = false
  ) throws {
    self.problem = problem
    try Self.check(steps: steps, noise: noise, heldOut: heldOut, batch: batch)
    var settings = RaceSettings(
      entrants: try optimizers.map { (text) throws(SpecError) in try .init(text, from: .full) }, steps: steps ?? 400,
      seed: seed, noise: noise, precision: precision, inspectedSteps: inspectedSteps)
    settings.tracesState = tracesState
    settings.tracesSpectra = tracesSpectra
    let name = problem.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    if DataProblem.catalogue.contains(where: { $0.name.description == name }) {
      if start != nil {
        throw CommandFailure.usage("--start is for landscapes; \(name) takes start=zero or start=random")
      }
      if domain != nil { throw Self.misplacedDomain(name) }
      let (entry, values) = try DataProblem.Entry.parse(problem, among: DataProblem.catalogue, kind: "problem")
      settings.steps = steps ?? 300
      let data = try DataProblem(
        entry, values: values, source: .init(file: file, heldOut: heldOut ?? 0.2, batch: batch, seed: seed))
      if let entrant = settings.entrants.first(where: { $0.rule?.usesCurvature == true }) {
        throw CommandFailure.usage(
          "\(entrant.text) wants the Hessian's diagonal, which \(name) does not give; race it on a landscape")
      }
      if optimizers.isEmpty { settings.entrants = try Self.entrants(data.defaultSpecs(steps: settings.steps)) }
      try settings.checkMethods(
        on: name, weightCount: data.outputs * (data.features + 1), hasFisher: true, batch: batch)
      course = .data(DataRace(data, settings: settings))
    } else if let entry = Self.matrixProblem(named: name) {
      course = .matrix(
        try Self.matrixRace(
          entry, problem, settings: &settings, hasEntrants: !optimizers.isEmpty,
          misplaced: [
            ("--start", start != nil), ("--domain", domain != nil), ("--data", file != nil),
            ("--held-out", heldOut != nil), ("--batch", batch != nil),
          ]))
    } else {
      let dataOptions = [("--data", file != nil), ("--held-out", heldOut != nil), ("--batch", batch != nil)]
      for (option, _) in dataOptions.filter({ $0.1 }) {
        throw CommandFailure.usage("\(option) is for \(Self.dataNames); \(name) is none of them")
      }
      let landscape = try Self.landscape(problem, name, domain: domain)
      if optimizers.isEmpty {
        let from = start?.count == landscape.dimension ? start : nil
        settings.entrants = try Self.entrants(
          DefaultEntrants.specs(for: landscape, from: from ?? landscape.start, steps: settings.steps))
      }
      try settings.checkMethods(on: problem, weightCount: landscape.dimension, hasFisher: false, batch: nil)
      course = .landscape(try LandscapeRace(landscape, start: start, settings: settings))
    }
    if let late = inspectedSteps.first(where: { $0 >= settings.steps }) {
      throw CommandFailure.usage("--inspect \(late), but there are \(settings.steps) steps, counted from 0")
    }
  }

  /// Whether its paths lie in a plane, and can be shown on a map or a surface.
  public var hasPlane: Bool {
    if case .landscape(let race) = course { race.landscape.dimension == 2 } else { false }
  }

  /// Runs it.
  public func run() throws -> RaceResult {
    switch course {
    case .landscape(let race):
      RaceResult(
        problem: problem, course: .landscape(race.landscape, start: race.start), settings: race.settings,
        runs: race.run())
    case .data(let race):
      RaceResult(problem: problem, course: .data(race.problem), settings: race.settings, runs: try race.run())
    case .matrix(let race):
      RaceResult(problem: problem, course: .matrix(race.course), settings: race.settings, runs: try race.run())
    }
  }

  /// Whether its weights are matrices, and have singular values to show.
  public var hasMatrices: Bool {
    if case .landscape = course { false } else { true }
  }

  /// Whether a text names a matrix problem, whatever its settings.
  public static func isMatrixProblem(_ problem: String) -> Bool {
    matrixProblem(named: problem.prefix { $0 != ":" }.description) != nil
  }

  private static func matrixProblem(named name: String) -> MatrixProblemEntry? {
    MatrixProblemCatalogue.standard.first { $0.name.description == name }
  }

  private static func matrixRace(
    _ entry: MatrixProblemEntry, _ problem: String, settings: inout RaceSettings, hasEntrants: Bool,
    misplaced: [(option: String, isGiven: Bool)]
  ) throws -> MatrixRace {
    for (option, isGiven) in misplaced where isGiven {
      let place = ["--start": "landscapes", "--domain": "functions of x and y"][option] ?? dataNames
      throw CommandFailure.usage("\(option) is for \(place); \(entry.name) is none of them")
    }
    let (entry, values) = try MatrixProblemEntry.parse(problem, among: [entry], kind: "problem")
    let matrix = try MatrixCourse(entry, values: values, seed: settings.seed)
    if let entrant = settings.entrants.first(where: { $0.rule?.usesCurvature == true }) {
      throw CommandFailure.usage(
        "\(entrant.text) wants the Hessian's diagonal, which \(entry.name) does not give; race it on a landscape")
    }
    let parameters = matrix.double.parts.map { Parameter($0.name.description, $0.shape) }
    for entrant in settings.entrants { try entrant.rule?.checkHeads(of: parameters) }
    if !hasEntrants { settings.entrants = try entrants(matrix.defaultSpecs(steps: settings.steps)) }
    try settings.checkMethods(
      on: entry.name.description, weightCount: matrix.double.count, hasHessian: false, hasFisher: false, batch: nil)
    return MatrixRace(matrix, settings: settings)
  }

  private static func check(steps: Int?, noise: Double, heldOut: Double?, batch: Int?) throws {
    if let steps, !(0...mostSteps).contains(steps) {
      throw CommandFailure.usage("--steps \(steps) is out of range [0, \(mostSteps)]")
    }
    guard noise >= 0, noise.isFinite else { throw CommandFailure.usage("--noise \(noise) is out of range [0, ∞)") }
    if let heldOut, !(0..<1).contains(heldOut) {
      throw CommandFailure.usage("--held-out \(heldOut) is out of range [0, 1)")
    }
    if let batch, batch < 1 { throw CommandFailure.usage("--batch \(batch) is out of range [1, ∞)") }
  }

  private static var dataNames: String { DataProblem.catalogue.map { $0.name.description }.joined(separator: " and ") }

  private static func misplacedDomain(_ name: String) -> CommandFailure {
    .usage("--domain is for functions of x and y; \(name) has its own")
  }

  private static func landscape(_ problem: String, _ name: String, domain: [Double]?) throws -> AnyLandscape {
    let entries = LandscapeCatalogue.standard.entries
    let others = DataProblem.catalogue.map { $0.name } + MatrixProblemCatalogue.standard.map { $0.name }
    let names = (entries.map { $0.name } + others).map { $0.description }
    guard names.contains(name) else {
      return try ExpressionProblem.landscape(problem, domain: domain, names: names)
    }
    if domain != nil { throw misplacedDomain(name) }
    let (entry, values) = try LandscapeEntry.parse(problem, among: entries, kind: "landscape")
    do {
      return try entry.make(values)
    } catch {
      throw CommandFailure.usage("\(name): \(error)")
    }
  }

  private static func entrants(_ specs: [String]) throws(SpecError) -> [RaceSettings.Entrant] {
    var entrants = [RaceSettings.Entrant]()
    for spec in specs { entrants.append(try .init(spec, from: .full)) }
    return entrants
  }
}

extension DataProblem {
  /// The default set, at rates for standardised features.
  func defaultSpecs(steps: Int) -> [String] {
    let perRow = loss == .mean ? 1 : Double(rows)
    switch samples {
    case .classes:
      // The Hessian of the mean loss is at most half of XᵀX/n, whose trace is features + 1; correlated features put much
      // of that into one direction.
      return DefaultEntrants.specs(curvature: 0.25 * Double(features + 1) * perRow, scale: 1, steps: steps)
    case .numbers(let train, _):
      let square = train.targets.reduce(0) { $0 + $1 * $1 } / Double(train.targets.count)
      return DefaultEntrants.specs(
        curvature: 2 * Double(features + 1) * perRow, scale: max(square.squareRoot(), 1e-300), steps: steps)
    }
  }
}
