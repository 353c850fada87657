public import Downhill
public import DownhillBase

/// Newton-Schulz iterations: as one call of the machine where it has one, else in plain products.
extension Orthogonalization {
  /// The bytes of workspace that `orthogonalize` takes for a stack.
  public func workspaceSize<Scalar: WeightScalar>(for stack: MatrixStack, on machine: MatrixMachine<Scalar>) -> Int {
    if let fused = machine.fused, fused.supports(self, stack) { return fused.workspaceSize(self, stack) }
    let lying = stack.lying
    // X and what it was; A and a polynomial of it; in the Gram form the product of polynomials and one number matrix more.
    let squares = usesGramInPlain ? 4 : 2
    let numbers = 2 * padded(lying.rows * lying.columns) + squares * padded(lying.rows * lying.rows)
    return numbers * (usesFloat(Scalar.self) ? MemoryLayout<Float>.stride : MemoryLayout<Double>.stride)
  }

  /// Writes scale · O for every matrix of a stack, as `Orthogonalizer.orthogonalize` says.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func orthogonalize<Scalar: WeightScalar>(
    _ stack: MatrixStack, from input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>,
    scale: Double = 1, workspace: UnsafeMutableRawPointer, on machine: MatrixMachine<Scalar>, _ loop: LoopBody
  ) {
    if let fused = machine.fused, fused.supports(self, stack) {
      fused.run(self, stack, input, output, scale, workspace, loop)
      return
    }
    orthogonalizePlainly(stack, from: input, into: output, scale: scale, workspace: workspace, on: machine, loop)
  }

  /// The same without the machine's own iteration, by its products: the reference of that one.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func orthogonalizePlainly<Scalar: WeightScalar>(
    _ stack: MatrixStack, from input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>,
    scale: Double = 1, workspace: UnsafeMutableRawPointer, on machine: MatrixMachine<Scalar>, _ loop: LoopBody
  ) {
    switch precision {
    case .data: iterate(stack, input, output, scale, workspace, machine, loop)
    case .double: iterate(stack, input, output, scale, workspace, Scalar.doubleMachine(beside: machine), loop)
    case .float, .bfloat16:
      iterate(stack, input, output, scale, workspace, Scalar.floatMachine(beside: machine), loop)
    }
  }

  /// What a reader may want to know of the way to a result: all that its bits depend on beside the shape.
  public func choice<Scalar: WeightScalar>(for stack: MatrixStack, on machine: MatrixMachine<Scalar>) -> String {
    if let fused = machine.fused, fused.supports(self, stack) { return fused.choice(self, stack) }
    let numbers = precision == .data ? (usesFloat(Scalar.self) ? "f32" : "f64") : precision.knobName.description
    let form = usesGramInPlain ? "gram, restart \(plainRestart)" : "plain"
    return "\(form), \(numbers), products one by one"
  }

  private func usesFloat<Scalar: WeightScalar>(_: Scalar.Type) -> Bool {
    switch precision {
    case .data: MemoryLayout<Scalar>.stride == MemoryLayout<Float>.stride
    case .double: false
    case .float, .bfloat16: true
    }
  }

  /// Plain products are for digits, and the Gram form is for speed: only where it is asked for.
  var usesGramInPlain: Bool { algorithm == .gram }
  /// A singular value's square keeps half of its digits, and the steps multiply what rounding leaves below zero: after five
  /// of them in Float some hundredths are lost on the worst of matrices, after ten everything. bfloat16 bears three.
  var plainRestart: Int { restart > 0 ? restart : precision == .bfloat16 ? 3 : 5 }

  private func iterate<Scalar: WeightScalar, Number: WeightScalar>(
    _ stack: MatrixStack, _ input: UnsafePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, _ scale: Double,
    _ workspace: UnsafeMutableRawPointer, _ machine: MatrixMachine<Number>, _ loop: LoopBody
  ) {
    let matrix = PackedMatrix(of: stack)
    let memory = IterationMemory<Number>(workspace, rows: matrix.rows, columns: matrix.columns)
    let products = IterationProducts(machine: machine, loop: loop, isRounded: precision == .bfloat16)
    for index in 0..<stack.count {
      let (source, target) = (input + index * stack.matrixStride, output + index * stack.matrixStride)
      guard let unit = matrix.load(source, into: memory.x) else {
        matrix.clear(target)
        continue
      }
      switch scaling {
      case .frobenius: matrix.normalize(memory.x, leastNorm: leastNorm * unit, safety: table.safety)
      case .aol:
        products.gram(of: memory.x, memory)
        memory.scaleRows(leastNorm: leastNorm * unit, safety: table.safety)
      }
      products.round(memory.x, matrix.rows * matrix.columns)
      if usesGramInPlain {
        products.iterateGram(self, memory)
      } else {
        products.iterate(self, memory)
      }
      matrix.store(memory.x, into: target, scale: scale)
    }
  }
}
