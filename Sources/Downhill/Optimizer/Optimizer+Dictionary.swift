public import DownhillBase

extension Optimizer {
  /// An optimizer of named parameters.
  /// - Parameters:
  ///   - spec: Such as `clip:global-norm=1/adamw:lr=3e-4`.
  ///   - catalogue: The rules that the spec may name.
  ///   - shapes: The shape of each parameter, by name.
  ///   - loop: Who runs the pieces of a step.
  ///   - machine: What does the matrix products of a matrix rule.
  /// - Throws: A `SpecError` for an unknown name or a value out of range.
  public init(
    _ spec: String, from catalogue: Catalogue = .elementwise, for shapes: [String: Shape],
    on loop: some ParallelLoop = .serial, with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) throws(SpecError) {
    // In the order of names, so that sums over all parameters do not depend on a dictionary's order.
    let parameters = shapes.sorted { $0.key < $1.key }.map { Parameter($0.key, $0.value) }
    self.init(try catalogue.parse(spec), for: parameters, on: loop, with: machine)
  }

  /// One step of all parameters.
  /// - Parameters:
  ///   - weights: Holds every parameter by name; others are left alone.
  ///   - gradients: Holds a gradient for every parameter.
  /// - Precondition: None is missing, and each has as many numbers as its parameter.
  public mutating func update(_ weights: inout [String: [Scalar]], along gradients: [String: [Scalar]]) {
    lend(parameters[...], of: &weights, along: gradients) { update($0) }
  }
}

/// Runs something on the pointers of parameters that lie in dictionaries.
/// - Precondition: None is missing, and each has as many numbers as its shape says.
func lend<Scalar: WeightScalar>(
  _ parameters: ArraySlice<Parameter>, of weights: inout [String: [Scalar]], along gradients: [String: [Scalar]],
  to body: (UnsafeBufferPointer<TensorPointers<Scalar>>) -> Void
) {
  var tensors = [TensorPointers<Scalar>]()
  tensors.reserveCapacity(parameters.count)
  lend(parameters, &weights, gradients, &tensors, body)
}

/// Adds the pointers of the next parameter and goes on to the one after, inside of the calls that lend them.
private func lend<Scalar: WeightScalar>(
  _ parameters: ArraySlice<Parameter>, _ weights: inout [String: [Scalar]], _ gradients: [String: [Scalar]],
  _ tensors: inout [TensorPointers<Scalar>], _ body: (UnsafeBufferPointer<TensorPointers<Scalar>>) -> Void
) {
  guard let parameter = parameters.first else {
    tensors.withUnsafeBufferPointer { body($0) }
    return
  }
  // Taken out of the dictionary for the time, so that the other parameters can be lent beside it.
  guard var values = weights.updateValue([], forKey: parameter.name), let gradient = gradients[parameter.name] else {
    preconditionFailure("parameter \"\(parameter.name)\" has no weights or no gradient")
  }
  precondition(
    values.count == parameter.shape.count && gradient.count == values.count,
    "parameter \"\(parameter.name)\": shape, weights and gradient must have the same count")
  values.withUnsafeMutableBufferPointer { target in
    gradient.withUnsafeBufferPointer { source in
      tensors.append(TensorPointers(weights: target.start, gradient: UnsafePointer(source.start)))
      lend(parameters.dropFirst(), &weights, gradients, &tensors, body)
    }
  }
  weights[parameter.name] = values
}

extension UnsafeMutableBufferPointer {
  /// The first element; for an empty buffer an address that is never read.
  fileprivate var start: UnsafeMutablePointer<Element> {
    baseAddress ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment).unsafelyUnwrapped
  }
}

extension UnsafeBufferPointer {
  fileprivate var start: UnsafePointer<Element> {
    UnsafePointer(UnsafeMutableBufferPointer(mutating: self).start)
  }
}
