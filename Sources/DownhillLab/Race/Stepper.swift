import Downhill
import DownhillBase

/// One optimizer walking down one objective: the loop that every race shares.
struct Stepper<Scalar: WeightScalar> {
  /// Writes the gradient at the weights and returns the loss, for step t = 0, 1, ….
  typealias Objective = (
    _ weights: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>, _ step: Int
  ) -> Double
  /// Writes the Hessian's diagonal at the weights.
  typealias Curvature = (_ weights: UnsafePointer<Scalar>, _ curvature: UnsafeMutablePointer<Scalar>) -> Void

  let settings: RaceSettings
  let parameters: [Parameter]
  /// The weights of all parameters, one behind the other.
  let start: [Scalar]

  /// Runs all steps of a rule with its wrappers.
  /// - Parameters:
  ///   - spec: The optimizer.
  ///   - name: The spec as it was written.
  ///   - objective: Loss and gradient.
  ///   - curvature: What a rule that wants curvatures is given.
  ///   - visit: Is shown the weights before every step and after the last.
  /// - Returns: The run with losses and inspected states, the weights to evaluate at the end, and whether they are others
  ///   than those that were trained.
  func run(
    _ spec: OptimizerSpec, named name: String, _ objective: Objective, curvature: Curvature? = nil,
    visit: (UnsafePointer<Scalar>) -> Void
  ) -> (run: RaceRun, evaluated: [Scalar], averages: Bool) {
    var run = RaceRun(optimizer: name)
    run.loss.reserveCapacity(settings.steps + 1)
    var optimizer = Optimizer<Scalar>(spec, for: parameters)
    var probe = settings.tracesSpectra ? SpectrumProbe(parameters, steps: settings.steps) : nil
    var weights = start
    var gradient = [Scalar](repeating: 0, count: start.count)
    var diagonal = gradient
    let noise = CounterRandom(seed: settings.seed, stream: RandomStream.gradientNoise)
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let w = weights.baseAddress, let g = gradient.baseAddress else { return }
        tensors(w, g).withUnsafeBufferPointer { tensors in
          for step in 0..<settings.steps {
            run.loss.append(objective(w, g, step))
            visit(w)
            if settings.noise > 0 { add(noise, to: g, at: step) }
            if optimizer.wantsCurvature {
              if let curvature {
                diagonal.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { curvature(w, start) } }
                run.evaluations.hessians += 1
              }
              optimizer.observe(curvature: diagonal)
            }
            run.evaluations.gradients += 1
            if probe?.wants(step) == true { probe?.begin(w) }
            if optimizer.perturbs {
              optimizer.perturb(tensors)
              _ = objective(w, g, step)
              // The same noise, as a second pass over the same batch would have.
              if settings.noise > 0 { add(noise, to: g, at: step) }
              run.evaluations.gradients += 1
            }
            optimizer.update(tensors)
            optimizer.report(loss: run.loss[step])
            if probe?.wants(step) == true { probe?.end(step, w) { optimizer.state.momentum(of: $0) } }
            if settings.inspectedSteps.contains(step) { run.states.append(inspect(optimizer, step)) }
            if settings.tracesState, step.isMultiple(of: settings.traceStride) {
              run.trace.append(inspect(optimizer, step))
            }
          }
          run.loss.append(objective(w, g, settings.steps))
          visit(w)
        }
      }
    }
    run.diverged = run.loss.contains { !$0.isFinite } || weights.contains { !$0.isFinite }
    run.spectra = probe?.spectra ?? []
    return (run, evaluated(weights, by: optimizer), optimizer.averagesWeights)
  }

  private func tensors(
    _ weights: UnsafeMutablePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>
  ) -> [TensorPointers<Scalar>] {
    var offset = 0
    return parameters.map { parameter in
      defer { offset += parameter.shape.count }
      return TensorPointers(weights: weights + offset, gradient: UnsafePointer(gradient + offset))
    }
  }

  private func evaluated(_ weights: [Scalar], by optimizer: Optimizer<Scalar>) -> [Scalar] {
    var result = weights
    var offset = 0
    result.withUnsafeMutableBufferPointer { result in
      guard let start = result.baseAddress else { return }
      for (place, parameter) in parameters.enumerated() {
        optimizer.writeEvaluationWeights(of: place, start + offset, into: start + offset)
        offset += parameter.shape.count
      }
    }
    return result
  }

  private func add(_ noise: CounterRandom, to gradient: UnsafeMutablePointer<Scalar>, at step: Int) {
    for place in 0..<start.count {
      let index = UInt64(step) * UInt64(start.count) + UInt64(place)
      gradient[place] += Scalar(nearest: settings.noise * noise.normal(at: index))
    }
  }

  private func inspect(_ optimizer: Optimizer<Scalar>, _ step: Int) -> RaceRun.InspectedState {
    .init(
      step: step,
      parts: optimizer.state.tensors.map { tensor in
        let name = parameters.count == 1 ? tensor.part : tensor.parameter + "." + tensor.part
        return (name: name, values: tensor.values.map { $0.wide })
      })
  }
}

/// The streams of random numbers that the laboratory draws from one seed; the data problems have their own.
enum RandomStream {
  static let gradientNoise: UInt64 = 0x10_0000
  static let start: UInt64 = 0x10_0001
  static let split: UInt64 = 0x10_0002
  /// One stream an epoch from here on.
  static let epochs: UInt64 = 0x20_0000
}
