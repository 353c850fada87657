import Downhill
import DownhillBase

/// Takes the singular values of weights, momentum and update along a run.
struct SpectrumProbe {
  private let parameters: [Parameter]
  private let stride: Int
  private let last: Int
  private(set) var spectra: [RaceRun.Spectrum]
  private var before: [Double] = []

  /// The state that counts as momentum, the first that a rule keeps for each weight.
  static let momentumParts = ["momentum_buffer", "exp_avg", "grad_avg"]

  init(_ parameters: [Parameter], steps: Int) {
    self.parameters = parameters
    spectra = parameters.map { RaceRun.Spectrum(name: $0.name, shape: $0.shape) }
    // Three decompositions a look: a run is looked at as often as a few seconds allow, and a picture shows.
    let cost = parameters.reduce(1.0) { $0 + SingularValues.cost(rows: $1.shape.rows, columns: $1.shape.columns) }
    let looks = min(max(Int(1.5e9 / cost), 24), 120)
    last = steps - 1
    stride = max(1, (steps + looks - 1) / looks)
  }

  /// Whether a step is looked at: some at even distances, and the last.
  func wants(_ step: Int) -> Bool { step.isMultiple(of: stride) || step == last }

  /// Before the step.
  mutating func begin<Scalar: WeightScalar>(_ weights: UnsafePointer<Scalar>) {
    let count = parameters.reduce(0) { $0 + $1.shape.count }
    before = (0..<count).map { weights[$0].wide }
  }

  /// After it.
  /// - Parameters:
  ///   - step: Counted from 0.
  ///   - weights: Those of all parameters.
  ///   - momentum: That of each parameter, where the rule keeps one.
  mutating func end<Scalar: WeightScalar>(
    _ step: Int, _ weights: UnsafePointer<Scalar>, momentum: (_ parameter: Parameter) -> [Double]?
  ) {
    var offset = 0
    for (place, parameter) in parameters.enumerated() {
      let (rows, columns, count) = (parameter.shape.rows, parameter.shape.columns, parameter.shape.count)
      let old = Array(before[offset..<offset + count])
      let update = (0..<count).map { weights[offset + $0].wide - old[$0] }
      spectra[place].steps.append(step)
      spectra[place].weights.append(SingularValues.of(old, rows: rows, columns: columns))
      spectra[place].update.append(SingularValues.of(update, rows: rows, columns: columns))
      if let momentum = momentum(parameter) {
        spectra[place].momentum.append(SingularValues.of(momentum, rows: rows, columns: columns))
      }
      offset += count
    }
  }
}

extension OptimizerState {
  /// The momentum of a parameter, where there is one for each weight.
  func momentum(of parameter: Parameter) -> [Double]? {
    for name in SpectrumProbe.momentumParts {
      if let tensor = tensors.first(where: { $0.parameter == parameter.name && $0.part == name }),
        tensor.values.count == parameter.shape.count
      {
        return tensor.values.map { $0.wide }
      }
    }
    return nil
  }
}
