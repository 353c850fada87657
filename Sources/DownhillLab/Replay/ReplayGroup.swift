import Downhill
import DownhillBase
import DownhillFiles
import DownhillKernels

/// Parameters that one optimizer moves in a replay; all their weights lie one behind the other.
struct ReplayGroup<Scalar: AcceleratedScalar & TensorElement> {
  var optimizer: Optimizer<Scalar>
  private var weights: [Scalar] = []
  private var gradients: [Scalar]
  /// Where each parameter begins.
  private var starts: [Int] = []

  /// - Parameters:
  ///   - spec: The optimizer.
  ///   - tensors: What it moves.
  ///   - path: What errors call the file of the weights.
  /// - Throws: `FileError` where a weight is not finite, `CommandFailure` where a matrix cannot be cut into heads.
  init(_ spec: OptimizerSpec, _ tensors: [TensorData], path: String) throws {
    let parameters = tensors.map { Parameter($0.name, Shape($0.shape)) }
    try spec.checkHeads(of: parameters)
    optimizer = Optimizer(spec, for: parameters, on: .team, with: Scalar.acceleratedMachine)
    for tensor in tensors {
      starts.append(weights.count)
      weights += try finiteValues(of: tensor, path: path)
    }
    // One number more, so that there is an address where there are none.
    weights.append(0)
    gradients = weights
  }

  /// One step along the recorded gradients.
  mutating func update(along record: GradientRecord, at step: Int) throws {
    for (parameter, start) in zip(optimizer.parameters, starts) {
      let gradient: [Scalar] = try record.gradient(of: parameter.name, at: step)
      gradients.replaceSubrange(start..<start + parameter.shape.count, with: gradient)
    }
    weights.withUnsafeMutableBufferPointer { weights in
      gradients.withUnsafeBufferPointer { gradients in
        guard let w = weights.baseAddress, let g = gradients.baseAddress else { return }
        let tensors = starts.map { TensorPointers(weights: w + $0, gradient: g + $0) }
        tensors.withUnsafeBufferPointer { optimizer.update($0) }
      }
    }
  }

  /// The weights as they are now.
  func tensors() throws(SafetensorsError) -> [TensorData] { try tensors(of: weights) }

  /// The weights to evaluate, where they are others.
  func evaluationTensors() throws(SafetensorsError) -> [TensorData] {
    var evaluated = weights
    weights.withUnsafeBufferPointer { weights in
      evaluated.withUnsafeMutableBufferPointer { evaluated in
        guard let source = weights.baseAddress, let target = evaluated.baseAddress else { return }
        for (tensor, start) in starts.enumerated() {
          optimizer.writeEvaluationWeights(of: tensor, source + start, into: target + start)
        }
      }
    }
    return try tensors(of: evaluated)
  }

  private func tensors(of weights: [Scalar]) throws(SafetensorsError) -> [TensorData] {
    var tensors: [TensorData] = []
    for (parameter, start) in zip(optimizer.parameters, starts) {
      let values = Array(weights[start..<start + parameter.shape.count])
      tensors.append(try TensorData(name: parameter.name, shape: parameter.shape.dimensions, values: values))
    }
    return tensors
  }
}
