import Downhill
public import DownhillLandscapes

/// A race that was run, with what a reader needs to repeat it.
public struct RaceResult: Sendable {
  /// What was raced on.
  public enum Course: Sendable {
    case landscape(AnyLandscape, start: [Double])
    case data(DataProblem)
    case matrix(MatrixCourse)
  }

  /// The problem as it was written.
  public let problem: String
  public let course: Course
  public let settings: RaceSettings
  public let runs: [RaceRun]
  /// Whether the singular values along the runs are part of the data, beside the picture.
  public var reportsSpectra = false

  public init(problem: String, course: Course, settings: RaceSettings, runs: [RaceRun]) {
    self.problem = problem
    self.course = course
    self.settings = settings
    self.runs = runs
  }
}

extension RaceResult {
  /// The form that `--format json` prints and `--out race.json` holds.
  public var json: JSON {
    let start: JSON =
      switch course {
      case .landscape(_, let start): .numbers(start)
      case .data(let problem): .text(problem.start.knobName.description)
      case .matrix(let course): .text(course.startText)
      }
    var members: [(key: String, value: JSON)] = [
      ("problem", .text(problem)), ("start", start), ("steps", .integer(settings.steps)),
      ("precision", .text(settings.precision.rawValue)),
    ]
    if case .data(let problem) = course { members += problem.json }
    if case .matrix(let course) = course { members += course.json }
    members.append(("runs", .array(runs.map { json(of: $0) })))
    return .object(members)
  }

  private func json(of run: RaceRun) -> JSON {
    var members: [(key: String, value: JSON)] = [("optimizer", .text(run.optimizer))]
    if let descent = run.descent {
      members.append(("path", .array((0..<descent.count).map { .numbers(descent[$0]) })))
    }
    members.append(("loss", .numbers(run.loss)))
    if let descent = run.descent { members.append(("end", .numbers(descent.end))) }
    members.append(("finalLoss", .number(run.finalLoss)))
    if let evaluated = run.descent?.evaluated {
      members.append(("evaluationEnd", .numbers(evaluated.end)))
      members.append(("evaluationLoss", .number(evaluated.loss)))
    }
    members.append(("diverged", .flag(run.diverged)))
    if let descent = run.descent {
      members.append(("reached", descent.reached.map { .text($0.name) } ?? .null))
      members.append(("stepsToReach", descent.stepsToReach.map { .integer($0) } ?? .null))
    }
    if let fit = run.fit { members += fit.json }
    if let outcome = run.outcome { members += outcome.json }
    members += run.evaluations.json
    if !run.states.isEmpty {
      let states = run.states.map { state in
        (key: String(state.step), value: JSON.object(state.parts.map { ($0.name, .numbers($0.values)) }))
      }
      members.append(("state", .object(states)))
    }
    if reportsSpectra { members.append(("spectra", .array(run.spectra.map { $0.json }))) }
    return .object(members)
  }

  /// A row a run and step: coordinates where there are any, and the loss; numbers in their shortest form.
  public var csv: String {
    let dimension = runs.first?.descent?.dimension ?? 0
    let axes = dimension == 2 ? ["x", "y"] : (0..<dimension).map { "x\($0 + 1)" }
    var lines = [(["optimizer", "step"] + axes + ["loss"]).joined(separator: ",")]
    for run in runs {
      let name = run.optimizer.contains { ",\"\n".contains($0) } ? "\"\(run.optimizer)\"" : run.optimizer
      for (step, loss) in run.loss.enumerated() {
        let point = run.descent?[step] ?? []
        lines.append(([name, String(step)] + (point + [loss]).map { "\($0)" }).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A table for a terminal.
  public var table: String {
    switch course {
    case .landscape: landscapeTable
    case .data(let problem): problem.table(of: runs, steps: settings.steps)
    case .matrix(let course): course.table(of: runs, steps: settings.steps)
    }
  }

  private var landscapeTable: String {
    let evaluations = EvaluationColumns(runs, steps: settings.steps)
    var table = TextTable(
      [("optimizer", .left), ("end", .left), ("loss", .right), ("minimum reached", .left), ("steps to 1e-3", .right)]
        + evaluations.headings)
    var averages = ""
    for run in runs {
      guard let descent = run.descent else { continue }
      let end = text(of: descent.end)
      if let evaluated = descent.evaluated {
        averages += "\n\(run.optimizer) is evaluated at \(text(of: evaluated.end)): loss \(readable(evaluated.loss))\n"
      }
      let reached = descent.reached?.name.replacingOccurrences(of: "(-", with: "(−")
        .replacingOccurrences(of: ", -", with: ", −")
      table.add(
        [
          run.optimizer, end, readable(run.finalLoss), run.diverged ? "diverged" : reached ?? "none",
          descent.stepsToReach.map { "\($0)" } ?? "–",
        ] + evaluations.cells(of: run))
    }
    return table.text + averages
  }

  private func text(of point: [Double]) -> String {
    "(" + point.prefix(4).map { readable($0) }.joined(separator: ", ") + (point.count > 4 ? ", …)" : ")")
  }
}
