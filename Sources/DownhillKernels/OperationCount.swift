public import DownhillBase

extension Orthogonalization {
  /// The floating-point operations of all products, half of them where half of one is computed.
  /// - Parameters:
  ///   - stack: The matrices.
  ///   - level: The kernels' set of instructions.
  public func operationCount(of stack: MatrixStack, by level: KernelLevel = .best) -> Double {
    let count = Double(stack.count)
    if FusedNewtonSchulz(level: level).supports(self, stack, Float.self) {
      return count * NewtonSchulzPlan(self, rows: stack.rows, columns: stack.columns, by: level).operationCount
    }
    let (n, m) = (Double(min(stack.rows, stack.columns)), Double(max(stack.rows, stack.columns)))
    return count * Double(steps) * (4 * n * n * m + 2 * n * n * n)
  }
}
