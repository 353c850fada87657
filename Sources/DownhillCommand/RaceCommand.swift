public import ArgumentParser
public import DownhillLab

struct RaceCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "race",
    abstract: "Race optimizers on a landscape, on data or on a matrix problem.",
    discussion: """
      Examples:
        downhill race himmelblau --out race.png
        downhill race rosenbrock:b=50 --optimizer adam:lr=0.05 --optimizer muon:lr=0.02 --start -1.5,2 --steps 2000
        downhill race "x^2+3*sin(5*y)" --domain -4,4 --out race.svg
        downhill race himmelblau --view 3d --theme dark --out turning.mp4
        downhill race logistic-regression --data digits.csv --target digit --batch 64
        downhill race matrix-least-squares:condition=30 --optimizer muon:lr=0.05 --optimizer sgd:lr=0.5 --out spectra.png
        downhill race rosenbrock --optimizer l-bfgs --optimizer newton:damping=1e-3

      `downhill landscapes` lists what can be raced on, `downhill rules` who can race. A problem that is no name on that
      list is a function of x and y: numbers, x, y, pi, e, + - * / ^, parentheses, sin cos tan exp log sqrt abs tanh min
      max. One that begins with a minus stands in parentheses: "(-x^2+y^4)".
      """)

  @Argument(
    help: ArgumentHelp(
      "A landscape, a data problem or a matrix problem, with settings behind a colon; or a function of x and y."),
    completion: .problem)
  var problem: String

  @Option(
    name: .long, help: "An optimizer's spec, such as adamw:lr=3e-4; repeat for more. Without one, a default set races.",
    completion: .racer)
  var optimizer: [String] = []

  // Unconditional: what follows is the value, even where a minus begins it.
  @Option(parsing: .unconditional, help: ArgumentHelp("Where to start on a landscape.", valueName: "x,y"))
  var start: CoordinateList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What a picture of a function of x and y shows, and where its minima are looked for: two numbers for both axes, or "
        + "x,x,y,y; -5,5 by default.", valueName: "from,to"))
  var domain: CoordinateList?

  @Option(parsing: .unconditional, help: "How many steps; 400 by default, 300 on data.")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Decides all that is random: noise, made data, splits, batches.")
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional, help: "Standard deviation of the noise that is added to every number of every gradient.")
  var noise: Double = 0

  @Option(help: "f64 or f32.")
  var precision: RaceSettings.Precision = .f64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps, counted from 0, after whose update the state is reported.", valueName: "t,t,…"))
  var inspect: StepList?

  @Option(
    help: ArgumentHelp("A CSV file with a line of column names.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The column to predict; several, separated by commas, for linear-regression.", valueName: "column"))
  var target: String?

  @Option(name: .long, parsing: .unconditional, help: "The share of rows that is held out; 0.2 by default.")
  var heldOut: Double?

  @Option(parsing: .unconditional, help: "Rows a step; all of them by default.")
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Also write a picture (.svg, .png, .pdf), an animation (.gif, .mp4) or the data (.json, .csv); repeat for more.",
      valueName: "file"), completion: .file(extensions: RaceOutput.extensions))
  var out: [String] = []

  @OptionGroup(title: "Picture options")
  var picture: PictureOptions

  @Flag(help: "JSON also holds the singular values of weights, momentum and update along the run.")
  var spectra = false

  @Option(help: "What goes to standard output: text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    let outputs = try out.map { try RaceOutput(path: $0) }
    let picture = try picture.picture(of: problem, for: outputs)
    let race = try Race(
      problem: problem, optimizers: optimizer, start: start?.values, domain: domain?.values, steps: steps, seed: seed,
      noise: noise, precision: precision, inspectedSteps: inspect?.values ?? [], file: file(), heldOut: heldOut,
      batch: batch, tracesState: picture.side == .state,
      tracesSpectra: spectra || (picture.side == .spectra && outputs.contains(where: \.isPicture)))
    if spectra, !race.hasMatrices {
      throw CommandFailure.usage("--spectra is for problems with matrices, not for landscapes")
    }
    try PictureOptions.check(picture, outputs, race)
    var result = try race.run()
    result.reportsSpectra = spectra
    try await RaceOutput.write(result, as: picture, to: outputs)
    try printResult(format == .json ? result.json.serialized : result.table)
  }

  private func file() throws -> (path: String, targets: [String])? {
    switch (data, target) {
    case (nil, nil): return nil
    case (let data?, let target?):
      let targets = target.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if targets.contains("") { throw CommandFailure.usage("--target \"\(target)\": a column's name is missing") }
      return (data, targets)
    case (_?, nil): throw CommandFailure.usage("--data wants --target COLUMN, the column to predict")
    case (nil, _?): throw CommandFailure.usage("--target wants --data FILE, the rows to learn from")
    }
  }
}

extension RaceSettings.Precision: ExpressibleByArgument {}

/// Numbers separated by commas.
struct CoordinateList: ExpressibleByArgument {
  let values: [Double]

  init?(argument: String) {
    var values = [Double]()
    for piece in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(piece), value.isFinite else { return nil }
      values.append(value)
    }
    self.values = values
  }
}

/// Whole numbers from 0 up, separated by commas.
struct StepList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    var values = [Int]()
    for piece in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Int(piece), value >= 0 else { return nil }
      values.append(value)
    }
    self.values = values
  }
}
