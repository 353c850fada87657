public import DownhillBase

extension Optimizer {
  /// An optimizer of one parameter.
  /// - Parameters:
  ///   - spec: Such as `clip:norm=1/adamw:lr=3e-4`.
  ///   - catalogue: The rules that the spec may name.
  ///   - shape: The parameter's shape, such as `[out, in]`; matrix rules need it.
  ///   - loop: Who runs the pieces of a step.
  ///   - machine: What does the matrix products of a matrix rule.
  /// - Throws: A `SpecError` for an unknown name or a value out of range.
  public init(
    _ spec: String, from catalogue: Catalogue = .elementwise, for shape: Shape, on loop: some ParallelLoop = .serial,
    with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) throws(SpecError) {
    self.init(try catalogue.parse(spec), for: [Parameter("weights", shape)], on: loop, with: machine)
  }

  /// An optimizer of one parameter without a shape: a vector.
  public init(
    _ spec: String, from catalogue: Catalogue = .elementwise, for count: Int, on loop: some ParallelLoop = .serial
  ) throws(SpecError) {
    try self.init(spec, from: catalogue, for: [count], on: loop)
  }

  /// An optimizer of one parameter by a rule in its Swift form, such as `AdamW(learningRate: 3e-4)`.
  public init<R: Rule>(
    _ rule: R, for shape: Shape, on loop: some ParallelLoop = .serial,
    with machine: MatrixMachine<Scalar> = Scalar.plainMachine
  ) throws(SpecError) {
    self.init(try OptimizerSpec(rule), for: [Parameter("weights", shape)], on: loop, with: machine)
  }

  /// An optimizer of one vector by a rule in its Swift form.
  public init<R: Rule>(_ rule: R, for count: Int, on loop: some ParallelLoop = .serial) throws(SpecError) {
    try self.init(rule, for: [count], on: loop)
  }

  /// One step of the only parameter.
  /// - Precondition: Both arrays have as many numbers as the parameter.
  public mutating func update(_ weights: inout [Scalar], along gradient: [Scalar]) {
    precondition(parameters.count == 1, "this optimizer has \(parameters.count) parameters")
    precondition(
      weights.count == parameters[0].shape.count && gradient.count == weights.count,
      "the parameter, its weights and its gradient must have the same count")
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeBufferPointer { gradient in
        guard let weights = weights.baseAddress, let gradient = gradient.baseAddress else { return }
        withUnsafePointer(to: TensorPointers(weights: weights, gradient: gradient)) { tensor in
          update(UnsafeBufferPointer(start: tensor, count: 1))
        }
      }
    }
  }
}
