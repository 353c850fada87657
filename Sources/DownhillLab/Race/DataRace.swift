import Downhill
import DownhillBase
import DownhillLandscapes
import DownhillThreads

/// A race on data: every optimizer from the same weights through the same batches.
public struct DataRace: Sendable {
  public let problem: DataProblem
  public let settings: RaceSettings

  public init(_ problem: DataProblem, settings: RaceSettings) {
    self.problem = problem
    self.settings = settings
  }

  /// The runs, in the order of the entrants; as many at once as there are cores.
  public func run() throws -> [RaceRun] {
    switch settings.precision {
    case .f64: try run(in: Double.self)
    case .f32: try run(in: Float.self)
    }
  }

  private func run<Scalar: WeightScalar>(in _: Scalar.Type) throws -> [RaceRun] {
    let reduction = problem.loss.reduction
    switch problem.samples {
    case .classes(let train, let heldOut):
      let regression = try SoftmaxRegression<Scalar>(train, heldOut: heldOut, reduction: reduction)
      return run(regression, isClassification: true, distance: { _ in nil })
    case .numbers(let train, let heldOut):
      let regression = try LinearRegression<Scalar>(train, heldOut: heldOut, reduction: reduction)
      let solution = regression.exactSolution()
      return run(regression, isClassification: false, distance: { regression.distance(from: $0, to: solution) })
    }
  }

  private func run<Scalar: WeightScalar, Loss: RowLoss>(
    _ regression: Regression<Scalar, Loss>, isClassification: Bool, distance: @Sendable ([Scalar]) -> Double?
  ) -> [RaceRun] {
    let progress = Progress("racing", total: settings.entrants.count * settings.steps)
    defer { progress.finish() }
    let batches = BatchOrder(rows: regression.rows, batch: problem.batch, seed: settings.seed)
    let stepper = Stepper(
      settings: settings, parameters: [Parameter("W", regression.weightShape)], start: start(for: regression))
    return concurrentMap(settings.entrants) { entrant in
      var regression = regression
      var batches = batches
      let clock = ContinuousClock.now
      var (run, evaluated): (RaceRun, [Scalar])
      switch entrant.kind {
      case .rule(let spec):
        (run, evaluated, _) = stepper.run(spec, named: entrant.text) { weights, gradient, step in
          guard let rows = batches.rows(at: step) else { return regression.gradient(at: weights, into: gradient) }
          return rows.withUnsafeBufferPointer { regression.gradient(at: weights, into: gradient, rows: $0) }
        } visit: { _ in
          progress.advance()
        }
      case .method(let method):
        // A race in f32 has refused it.
        guard let problem = regression as? Regression<Double, Loss> else { return RaceRun(optimizer: entrant.text) }
        let stepper = MethodStepper(
          settings: settings, parameters: stepper.parameters, start: stepper.start.map { $0.wide })
        let found = stepper.run(method, named: entrant.text, on: problem) { _ in progress.advance() }
        (run, evaluated) = (found.run, found.weights.map { Scalar(nearest: $0) })
      }
      let elapsed = ContinuousClock.now - clock
      run.fit = RaceRun.Fit(
        isClassification: isClassification, train: regression.trainScore(at: evaluated),
        heldOut: regression.heldOutScore(at: evaluated), distance: distance(evaluated),
        seconds: elapsed / .seconds(1))
      return run
    }
  }

  private func start<Scalar: WeightScalar, Loss: RowLoss>(for regression: Regression<Scalar, Loss>) -> [Scalar] {
    let count = regression.weightShape.count
    guard problem.start == .random else { return [Scalar](repeating: 0, count: count) }
    let random = CounterRandom(seed: settings.seed, stream: RandomStream.start)
    let size = (1 / Double(regression.weightShape.columns)).squareRoot()
    return (0..<count).map { Scalar(nearest: size * random.normal(at: UInt64($0))) }
  }
}

/// Which rows each step sees: epochs, each in an order of its own; the last batch of an epoch may be smaller.
private struct BatchOrder: Sendable {
  let rowCount: Int
  let batch: Int?
  let seed: UInt64
  private var epoch = -1
  private var order: [Int] = []

  init(rows: Int, batch: Int?, seed: UInt64) {
    rowCount = rows
    self.batch = batch
    self.seed = seed
  }

  /// The rows of step t, or nil for all of them.
  mutating func rows(at step: Int) -> ArraySlice<Int>? {
    guard let batch else { return nil }
    let perEpoch = (rowCount + batch - 1) / batch
    if step / perEpoch != epoch {
      epoch = step / perEpoch
      order = CounterRandom(seed: seed, stream: RandomStream.epochs + UInt64(epoch)).permutation(of: rowCount)
    }
    let start = step % perEpoch * batch
    return order[start..<min(start + batch, rowCount)]
  }
}

/// The results of a closure on every element, in their order, computed on all cores.
func concurrentMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ body: (Element) -> Result
) -> [Result] {
  var results = [Result?](repeating: nil, count: elements.count)
  results.withUnsafeMutableBufferPointer { results in
    DispatchLoop().forEach(elements.count) { index, _ in results[index] = body(elements[index]) }
  }
  return results.compactMap { $0 }
}
