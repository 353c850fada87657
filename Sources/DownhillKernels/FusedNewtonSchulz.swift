import DownhillBase

/// Newton-Schulz iterations in one call, by the kernels of a level.
struct FusedNewtonSchulz: Sendable {
  let level: KernelLevel

  /// Row-major, or column-major, and in numbers that these kernels have.
  func supports<Scalar: LaneScalar>(_ how: Orthogonalization, _ stack: MatrixStack, _: Scalar.Type) -> Bool {
    let isFloat =
      switch how.precision {
      case .data: Scalar.self == Float.self
      case .double: false
      case .float, .bfloat16: true
      }
    return isFloat && how.scaling == .frobenius && how.steps > 0 && (stack.columnStride == 1 || stack.rowStride == 1)
  }

  private func plan(_ how: Orthogonalization, _ stack: MatrixStack) -> NewtonSchulzPlan {
    // A transposed view is the matrix that lies in memory: transposing before and after changes nothing.
    let isTransposed = stack.columnStride != 1
    return NewtonSchulzPlan(
      how, rows: isTransposed ? stack.columns : stack.rows, columns: isTransposed ? stack.rows : stack.columns,
      by: level)
  }

  /// How many matrices of a stack are worked on at once, each by one thread.
  private func width(of stack: MatrixStack) -> Int { min(stack.count, TeamLoop().workerCount) }

  func workspaceSize(_ how: Orthogonalization, _ stack: MatrixStack) -> Int {
    width(of: stack) * plan(how, stack).workspaceSize
  }

  func run<Scalar: LaneScalar>(
    _ how: Orthogonalization, _ stack: MatrixStack, _ input: UnsafePointer<Scalar>,
    _ output: UnsafeMutablePointer<Scalar>, _ scale: Double, _ workspace: UnsafeMutableRawPointer, _ loop: LoopBody
  ) {
    let plan = plan(how, stack)
    guard plan.short > 0 else { return }
    let stride = stack.columnStride == 1 ? stack.rowStride : stack.columnStride
    func orthogonalize(_ index: Int, _ slot: Int, _ loop: LoopBody) {
      NewtonSchulzRun(
        plan: plan, input: input + index * stack.matrixStride, inputStride: stride,
        output: MatrixPlace(
          start: output + index * stack.matrixStride, rows: plan.rows, columns: plan.columns, stride: stride),
        scale: scale, workspace: workspace + slot * plan.workspaceSize, loop: loop
      ).run()
    }
    let width = width(of: stack)
    if width > 1, loop.workerCount > 1, loop.workerCount <= width {
      loop.forEach(stack.count) { index, worker in orthogonalize(index, worker, .serial) }
    } else {
      for index in 0..<stack.count { orthogonalize(index, 0, plan.isSmall ? .serial : loop) }
    }
  }

  func choice(_ how: Orthogonalization, _ stack: MatrixStack) -> String {
    let plan = plan(how, stack)
    let format = plan.kernels.format == .bfloat16 ? "bf16" : "f32"
    var form =
      plan.stepsPerRun == 1 ? "plain" : plan.stepsPerRun >= how.steps ? "gram" : "gram, restart \(plan.stepsPerRun)"
    if plan.restartsFromGram { form += " from it" }
    return "\(form), \(format), \(level.rawValue)"
  }
}
