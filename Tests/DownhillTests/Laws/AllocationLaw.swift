import Downhill
import DownhillBase
import TestSupport

extension Law {
  static let allocations = Law("allocates nothing in a step", allocates(Float.self), allocates(Double.self))
}

/// Over tensors of several pieces, with state, wrappers and schedules as they are.
private func allocates<Scalar: WeightScalar>(_: Scalar.Type) -> Law.Check<Scalar> {
  { _, spec in
    let shapes: [Shape] = spec.isElementwise ? [[5000], [3]] : spec.isFactored ? [[3, 30], [3]] : [[3, 1400], [3]]
    let parameters = shapes.enumerated().map { Parameter("tensor\($0.offset)", $0.element) }
    var optimizer = Optimizer<Scalar>(spec, for: parameters)
    let count = shapes.weightCount
    var weights: [Scalar] = SampleData.weights(count)
    let gradient: [Scalar] = SampleData.gradient(count, step: 0)
    let found = weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeBufferPointer { gradient -> Int? in
        guard let weights = weights.baseAddress, let gradient = gradient.baseAddress else { return nil }
        let first = shapes[0].count
        let tensors = [
          TensorPointers(weights: weights, gradient: gradient),
          TensorPointers(weights: weights + first, gradient: gradient + first),
        ]
        return tensors.withUnsafeBufferPointer { tensors in
          optimizer.update(tensors)
          return AllocationCounter.count {
            optimizer.update(tensors)
            optimizer.update(tensors)
          }
        }
      }
    }
    guard let found else { return ["allocations cannot be counted here"] }
    return found == 0 ? [] : ["\(found) allocations in two steps"]
  }
}
