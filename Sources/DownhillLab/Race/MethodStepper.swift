import Downhill
import DownhillBase

/// One second-order method walking down one problem.
struct MethodStepper {
  let settings: RaceSettings
  let parameters: [Parameter]
  let start: [Double]

  /// Runs all steps.
  /// - Parameters:
  ///   - method: The method.
  ///   - name: The spec as it was written.
  ///   - problem: What it minimises.
  ///   - visit: Is shown the weights before every step and after the last.
  /// - Returns: The run with losses, inspected states and evaluations, and the weights at the end.
  func run<P: Problem>(
    _ method: MethodSpec, named name: String, on problem: P, visit: ([Double]) -> Void
  ) -> (run: RaceRun, weights: [Double]) {
    var run = RaceRun(optimizer: name)
    run.loss.reserveCapacity(settings.steps + 1)
    let optimizer = SecondOrderOptimizer(method, on: CountedProblem(problem))
    var weights = start
    var probe = settings.tracesSpectra ? SpectrumProbe(parameters, steps: settings.steps) : nil
    for step in 0..<settings.steps {
      visit(weights)
      if probe?.wants(step) == true { probe?.begin(weights) }
      run.loss.append(optimizer.step(&weights))
      if probe?.wants(step) == true { probe?.end(step, weights) { _ in nil } }
      if settings.inspectedSteps.contains(step) { run.states.append(inspect(optimizer, step)) }
      if settings.tracesState, step.isMultiple(of: settings.traceStride) { run.trace.append(inspect(optimizer, step)) }
    }
    visit(weights)
    run.spectra = probe?.spectra ?? []
    run.evaluations = optimizer.evaluations
    var (uncounted, gradient) = (problem, [Double](repeating: 0, count: start.count))
    run.loss.append(uncounted.gradient(at: weights, into: &gradient))
    run.diverged = run.loss.contains { !$0.isFinite } || weights.contains { !$0.isFinite }
    return (run, weights)
  }

  private func inspect(_ optimizer: SecondOrderOptimizer, _ step: Int) -> RaceRun.InspectedState {
    .init(step: step, parts: optimizer.parts.map { (name: $0.name.description, values: $0.values) })
  }
}

extension RaceSettings {
  /// Refuses methods that cannot run on a problem.
  /// - Parameters:
  ///   - problem: Its name.
  ///   - weightCount: How many weights it has.
  ///   - hasHessian: Whether it has second derivatives.
  ///   - hasFisher: Whether it has a Fisher matrix.
  ///   - batch: Rows a step, where not all of them.
  /// - Throws: `CommandFailure` of kind usage.
  func checkMethods(
    on problem: String, weightCount: Int, hasHessian: Bool = true, hasFisher: Bool, batch: Int?
  ) throws {
    for method in entrants.compactMap({ $0.method?.entry }) {
      if method.matrix == .fisher, !hasFisher {
        throw CommandFailure.usage(
          "\(method.name) wants a Fisher matrix, which \(problem) does not have; linear-regression and "
            + "logistic-regression do")
      }
      if method.matrix == .hessian, !hasHessian {
        throw CommandFailure.usage("\(method.name) wants a Hessian, which \(problem) does not give; landscapes do")
      }
      guard weightCount <= method.mostWeights else {
        throw CommandFailure.usage(
          "\(method.name) takes at most \(method.mostWeights) weights; \(problem) has \(weightCount)")
      }
      if precision != .f64 {
        throw CommandFailure.usage("\(method.name) runs in f64; --precision \(precision.rawValue) is for rules")
      }
      if noise > 0 { throw CommandFailure.usage("\(method.name) takes exact gradients; --noise is for rules") }
      if batch != nil { throw CommandFailure.usage("\(method.name) takes all rows; --batch is for rules") }
    }
  }
}
