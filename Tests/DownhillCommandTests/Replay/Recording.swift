import Downhill
import DownhillBase
import DownhillFiles
import DownhillMatrix
import TestSupport

/// Weights with recorded gradients, made by seed.
struct Recording<Scalar: WeightScalar & TensorElement> {
  let parameters: [Parameter]
  let start: [String: [Scalar]]
  /// By step, then by name.
  let gradients: [[String: [Scalar]]]

  init(_ shapes: [(name: String, shape: [Int])], steps: Int, seed: UInt64) {
    var generator = FuzzGenerator(seed: seed)
    func numbers(_ shape: [Int]) -> [Scalar] {
      (0..<shape.reduce(1, *)).map { _ in Scalar(nearest: .random(in: -1...1, using: &generator)) }
    }
    parameters = shapes.map { Parameter($0.name, Shape($0.shape)) }
    start = Dictionary(uniqueKeysWithValues: shapes.map { ($0.name, numbers($0.shape)) })
    gradients = (0..<steps).map { _ in
      Dictionary(uniqueKeysWithValues: shapes.map { ($0.name, numbers($0.shape)) })
    }
  }

  func weightsFile(_ more: [TensorData] = []) throws -> SafetensorsFile {
    try SafetensorsFile(tensors(of: start) + more, metadata: ["format": "pt"])
  }

  /// Weights by name, as a file holds them: what is compared to the bit.
  func tensors(of weights: [String: [Scalar]]) throws -> [TensorData] {
    try parameters.map { try TensorData(name: $0.name, shape: $0.shape.dimensions, values: weights[$0.name] ?? []) }
  }

  /// The gradients of some steps, numbered from 0.
  func gradientsFile(_ steps: Range<Int>) throws -> SafetensorsFile {
    var tensors: [TensorData] = []
    for (place, step) in steps.enumerated() {
      for parameter in parameters {
        tensors.append(
          try TensorData(
            name: "\(parameter.name)@\(place)", shape: parameter.shape.dimensions,
            values: gradients[step][parameter.name] ?? []))
      }
    }
    return try SafetensorsFile(tensors)
  }

  /// Where the library gets with the same gradients; parameters that the filter refuses stay.
  func steppedByLibrary(
    _ spec: String, steps: Int? = nil, from weights: [String: [Scalar]]? = nil,
    on machine: MatrixMachine<Scalar> = Scalar.plainMachine, where isMoved: (Parameter) -> Bool = { _ in true }
  ) throws -> [String: [Scalar]] {
    let moved = parameters.filter(isMoved)
    var optimizer = Optimizer<Scalar>(try Catalogue.full.parse(spec), for: moved, with: machine)
    var weights = weights ?? start
    for gradient in gradients.prefix(steps ?? gradients.count) { optimizer.update(&weights, along: gradient) }
    return weights
  }
}

/// Shapes that fall between all widths: a number alone, none at all, primes, and more than one piece of 4096.
let oddShapes: [(name: String, shape: [Int])] = [
  ("scalar", []), ("transformer.h.0.attn.c_attn.weight", [17, 5]), ("empty", [0, 4]), ("conv.weight", [3, 2, 3, 1]),
  ("bias", [13]), ("wide", [2, 2311]), ("tall", [23, 3]), ("a@1", [1]), ("größe/β", [1, 1]),
]
