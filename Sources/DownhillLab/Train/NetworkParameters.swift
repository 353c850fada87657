import Downhill
import DownhillBase
import DownhillNN

extension Parameter {
  /// A network's parameter, to an optimizer.
  init(_ parameter: NetworkParameter) { self.init(parameter.name, parameter.shape, role: parameter.role) }
}

extension ParameterStore {
  /// Weights and gradient of every parameter, in its order. They live as long as the store.
  var tensors: [TensorPointers<Float>] {
    parameters.indices.compactMap { place in
      // A parameter's memory is there even where it holds no number.
      guard let weights = weights(of: place).baseAddress, let gradient = gradient(of: place).baseAddress
      else { return nil }
      return TensorPointers(weights: weights, gradient: UnsafePointer(gradient))
    }
  }
}
