import Downhill
public import DownhillBase
public import DownhillLandscapes

/// A race on a matrix problem: every optimizer from the same weights.
public struct MatrixRace: Sendable {
  /// The problem in both precisions, made from the race's seed.
  public let course: MatrixCourse
  public let settings: RaceSettings

  public init(_ course: MatrixCourse, settings: RaceSettings) {
    self.course = course
    self.settings = settings
  }

  /// The runs, in the order of the entrants; as many at once as there are cores.
  public func run() throws -> [RaceRun] {
    switch settings.precision {
    case .f64: run(course.double)
    case .f32: run(try course.float())
    }
  }

  private func run<Scalar: WeightScalar>(_ loss: MatrixLoss<Scalar>) -> [RaceRun] {
    let progress = Progress("racing", total: settings.entrants.count * settings.steps)
    defer { progress.finish() }
    let parameters = loss.parts.map { Parameter($0.name.description, $0.shape) }
    let stepper = Stepper(settings: settings, parameters: parameters, start: loss.start)
    return concurrentMap(settings.entrants) { entrant in
      var loss = loss
      let clock = ContinuousClock.now
      var (run, evaluated, averages): (RaceRun, [Scalar], Bool)
      switch entrant.kind {
      case .rule(let spec):
        (run, evaluated, averages) = stepper.run(spec, named: entrant.text) { weights, gradient, _ in
          loss.gradient(at: weights, into: gradient)
        } visit: { _ in
          progress.advance()
        }
      case .method(let method):
        // A race in f32 has refused it.
        guard let problem = loss as? MatrixLoss<Double> else { return RaceRun(optimizer: entrant.text) }
        let start = loss.start.map { $0.wide }
        let found = MethodStepper(settings: settings, parameters: parameters, start: start)
          .run(method, named: entrant.text, on: problem) { _ in progress.advance() }
        (run, evaluated, averages) = (found.run, found.weights.map { Scalar(nearest: $0) }, false)
      }
      let elapsed = ContinuousClock.now - clock
      var gradient = evaluated
      run.outcome = RaceRun.MatrixOutcome(
        measures: loss.measures.map { ($0.name.description, $0.value(evaluated)) },
        evaluationLoss: averages ? loss.gradient(at: evaluated, into: &gradient) : nil,
        seconds: elapsed / .seconds(1))
      return run
    }
  }
}

/// A matrix problem with its settings and the seed that it was made from.
public struct MatrixCourse: Sendable {
  public let entry: MatrixProblemEntry
  /// In double precision.
  public let double: MatrixLoss<Double>
  private let values: [Double]
  private let seed: UInt64

  /// - Throws: `CommandFailure` of kind usage where the settings make no problem.
  public init(_ entry: MatrixProblemEntry, values: [Double], seed: UInt64) throws {
    self.entry = entry
    self.values = values
    self.seed = seed
    do {
      double = try entry.double(values, seed)
    } catch {
      throw CommandFailure.usage("\(entry.name): \(error)")
    }
  }

  func float() throws -> MatrixLoss<Float> { try entry.float(values, seed) }

  /// Whether a race starts at zero.
  private var startsAtZero: Bool { double.start.allSatisfy { $0 == 0 } }
  var startText: String { startsAtZero ? "zero" : "random" }

  /// What a result says of the problem.
  var json: [(key: String, value: JSON)] {
    let weights = double.parts.map { part in
      JSON.object([
        ("name", .text(part.name.description)), ("shape", .array(part.shape.dimensions.map { .integer($0) })),
      ])
    }
    return [("weights", .array(weights)), ("minimum", double.minimum.map { .number($0) } ?? .null)]
  }

  /// One line for a caption.
  public var summary: String {
    let shapes = double.parts.map { "\($0.name) \($0.shape.rows) × \($0.shape.columns)" }.joined(separator: ", ")
    let minimum = double.minimum.map { ", least loss \(readable($0))" } ?? ""
    return "\(shapes)\(minimum), start: \(startText)"
  }

  /// The default set: rules for numbers at rates that the curvature allows, and rules for matrices.
  func defaultSpecs(steps: Int) -> [String] {
    DefaultEntrants.matrixSpecs(curvature: double.curvature, scale: double.scale, steps: steps)
  }

  func table(of runs: [RaceRun], steps: Int) -> String {
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [("optimizer", .left), ("loss", .right)]
    if let minimum = double.minimum, minimum > 0 { columns.append(("above the least", .right)) }
    columns += double.measures.map { (Self.heading(of: $0.name.description), .right) }
    let evaluations = EvaluationColumns(runs, steps: steps)
    var table = TextTable(columns + evaluations.headings)
    var averages = ""
    for run in runs {
      guard let outcome = run.outcome else { continue }
      var cells = [run.optimizer + (run.diverged ? " (diverged)" : ""), readable(run.finalLoss)]
      if let minimum = double.minimum, minimum > 0 { cells.append(readable(run.finalLoss - minimum)) }
      cells += outcome.measures.map { Self.text(of: $0) }
      table.add(cells + evaluations.cells(of: run))
      if let loss = outcome.evaluationLoss {
        averages += "\n\(run.optimizer) is evaluated at averaged weights: loss \(readable(loss))\n"
      }
    }
    return summary + "\n\n" + table.text + averages
  }

  private static func heading(of measure: String) -> String {
    switch measure {
    case "distance": "‖W − W*‖/‖W*‖"
    case "tailRecall": "recall of the rarer half"
    default: measure
    }
  }

  private static func text(of measure: (name: String, value: Double)) -> String {
    measure.name == "distance" ? readable(measure.value) : readable(measure.value * 100, digits: 4) + " %"
  }
}

extension RaceRun.MatrixOutcome {
  var json: [(key: String, value: JSON)] {
    let loss = evaluationLoss.map { [(key: "evaluationLoss", value: JSON.number($0))] } ?? []
    return loss + measures.map { (key: $0.name, value: JSON.number($0.value)) } + [("seconds", .number(seconds))]
  }
}

extension RaceRun.Spectrum {
  /// A list a step; `momentum` is null where the rule keeps none.
  var json: JSON {
    func lists(_ values: [[Double]]) -> JSON { .array(values.map { .numbers($0) }) }
    return .object([
      ("name", .text(name)), ("shape", .array(shape.dimensions.map { .integer($0) })),
      ("steps", .array(steps.map { .integer($0) })), ("weights", lists(weights)),
      ("momentum", momentum.isEmpty ? .null : lists(momentum)), ("update", lists(update)),
    ])
  }
}
