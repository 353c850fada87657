import Downhill
import DownhillBase
public import DownhillLandscapes

/// A race over a landscape: every optimizer from the same start.
public struct LandscapeRace: Sendable {
  public let landscape: AnyLandscape
  public let start: [Double]
  public let settings: RaceSettings

  /// Near enough a minimum to be said to have reached it: a rule that moves by its learning rate circles around.
  static let reachedDistance = 1e-2
  /// The distance at which steps are counted.
  static let arrivalDistance = 1e-3
  /// Farther from the domain than this many times its width, a path has left for good.
  static let lostDistance = 1e3

  /// - Throws: `CommandFailure` of kind usage where the start has another dimension than the landscape.
  public init(_ landscape: AnyLandscape, start: [Double]?, settings: RaceSettings) throws {
    if let start, start.count != landscape.dimension {
      throw CommandFailure.usage(
        "--start has \(start.count) coordinates; \(landscape.name) has \(landscape.dimension) dimensions")
    }
    self.landscape = landscape
    self.start = start ?? landscape.start
    self.settings = settings
  }

  /// The runs, in the order of the entrants.
  public func run() -> [RaceRun] {
    settings.entrants.map { entrant in
      switch (entrant.kind, settings.precision) {
      case (.method(let method), _): run(method, named: entrant.text)
      case (.rule(let spec), .f64): run(spec, named: entrant.text, landscape.double)
      case (.rule(let spec), .f32): run(spec, named: entrant.text, landscape.float)
      }
    }
  }

  private var parameters: [Parameter] { [Parameter("x", [landscape.dimension])] }

  private func run(_ method: MethodSpec, named name: String) -> RaceRun {
    var descent = RaceRun.Descent(dimension: landscape.dimension)
    descent.coordinates.reserveCapacity((settings.steps + 1) * landscape.dimension)
    let run = MethodStepper(settings: settings, parameters: parameters, start: start).run(
      method, named: name, on: landscape
    ) { weights in
      descent.coordinates.append(contentsOf: weights)
    }.run
    return judged(run, descent)
  }

  private func run<Scalar: WeightScalar>(
    _ spec: OptimizerSpec, named name: String, _ functions: LandscapeFunctions<Scalar>
  ) -> RaceRun {
    let stepper = Stepper(
      settings: settings, parameters: parameters, start: start.map { Scalar(nearest: $0) })
    var descent = RaceRun.Descent(dimension: landscape.dimension)
    descent.coordinates.reserveCapacity((settings.steps + 1) * landscape.dimension)
    let (run, evaluated, averages) = stepper.run(spec, named: name) { weights, gradient, _ in
      functions.valueAndGradient(weights, gradient).wide
    } curvature: { weights, diagonal in
      self.diagonal(at: weights, into: diagonal)
    } visit: { weights in
      for place in 0..<landscape.dimension { descent.coordinates.append(weights[place].wide) }
    }
    if averages {
      let loss = evaluated.withUnsafeBufferPointer { $0.baseAddress.map { functions.value($0).wide } }
      descent.evaluated = (evaluated.map { $0.wide }, loss ?? .nan)
    }
    return judged(run, descent)
  }

  /// The run with its path, and what became of it.
  private func judged(_ run: RaceRun, _ descent: RaceRun.Descent) -> RaceRun {
    var (run, descent) = (run, descent)
    run.diverged = run.diverged || isLost(descent.end)
    if !run.diverged, let minimum = landscape.minimum(near: descent.end, within: Self.reachedDistance) {
      descent.reached = minimum
      descent.stepsToReach = arrival(of: descent, at: minimum)
    }
    run.descent = descent
    return run
  }

  /// The exact Hessian's diagonal.
  private func diagonal<Scalar: WeightScalar>(
    at weights: UnsafePointer<Scalar>, into diagonal: UnsafeMutablePointer<Scalar>
  ) {
    let dimension = landscape.dimension
    let point = (0..<dimension).map { weights[$0].wide }
    var hessian = [Double](repeating: 0, count: dimension * dimension)
    point.withUnsafeBufferPointer { point in
      hessian.withUnsafeMutableBufferPointer { hessian in
        guard let x = point.baseAddress, let h = hessian.baseAddress else { return }
        landscape.hessian(x, h)
      }
    }
    for place in 0..<dimension { diagonal[place] = Scalar(nearest: hessian[place * (dimension + 1)]) }
  }

  private func isLost(_ point: [Double]) -> Bool {
    zip(point, landscape.domain).contains { coordinate, interval in
      let width = interval.upper - interval.lower
      return !((coordinate - interval.lower).magnitude <= Self.lostDistance * width)
    }
  }

  private func arrival(of descent: RaceRun.Descent, at minimum: StationaryPoint) -> Int? {
    (0..<descent.count).first { step in
      var square = 0.0
      for place in 0..<descent.dimension {
        let distance = descent.coordinates[step * descent.dimension + place] - minimum.coordinates[place]
        square += distance * distance
      }
      return square <= Self.arrivalDistance * Self.arrivalDistance
    }
  }
}
