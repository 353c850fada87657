import Downhill
import DownhillBase

/// The exact orthogonal polar factor U₁V₁ᵀ of X = U₁·diag(σ)·V₁ᵀ.
///
/// Directions in which X is zero to rounding, σ ≤ columns · ulp · σ₁, stay zero: there every orthonormal completion would
/// be as good. bfloat16 has no decomposition; it stands for Float.
extension Orthogonalizer {
  func exactWorkspaceSize<Scalar: WeightScalar>(for stack: MatrixStack, on machine: MatrixMachine<Scalar>) -> Int {
    switch precision {
    case .data: exactBytes(stack, machine)
    case .double: exactBytes(stack, Scalar.doubleMachine(beside: machine))
    case .float, .bfloat16: exactBytes(stack, Scalar.floatMachine(beside: machine))
    }
  }

  func findFactor<Scalar: WeightScalar>(
    _ stack: MatrixStack, from input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>, scale: Double,
    workspace: UnsafeMutableRawPointer, on machine: MatrixMachine<Scalar>, _ loop: LoopBody
  ) {
    switch precision {
    case .data: decompose(stack, input, output, scale, workspace, machine, loop)
    case .double: decompose(stack, input, output, scale, workspace, Scalar.doubleMachine(beside: machine), loop)
    case .float, .bfloat16:
      decompose(stack, input, output, scale, workspace, Scalar.floatMachine(beside: machine), loop)
    }
  }

  private func exactBytes<Number: WeightScalar>(_ stack: MatrixStack, _ machine: MatrixMachine<Number>) -> Int {
    let (rows, columns) = (stack.lying.rows, stack.lying.columns)
    let numbers = 2 * padded(rows * columns) + padded(rows * rows) + padded(rows)
    let scratch =
      method == .jacobi
      ? JacobiDecomposition().scratchCount(rows: rows, columns: columns)
      : machine.decompositions.singularScratch(rows, columns)
    return numbers * MemoryLayout<Number>.stride + scratch * MemoryLayout<Double>.stride
  }

  private func decompose<Scalar: WeightScalar, Number: WeightScalar>(
    _ stack: MatrixStack, _ input: UnsafePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, _ scale: Double,
    _ workspace: UnsafeMutableRawPointer, _ machine: MatrixMachine<Number>, _ loop: LoopBody
  ) {
    let matrix = PackedMatrix(of: stack)
    let (rows, columns) = (matrix.rows, matrix.columns)
    let x = workspace.assumingMemoryBound(to: Number.self)
    let v = x + padded(rows * columns)
    let u = v + padded(columns * rows)
    let sigma = u + padded(rows * rows)
    let scratch = UnsafeMutableRawPointer(sigma + padded(rows)).assumingMemoryBound(to: Double.self)
    let size = ProductSize(rows: rows, inner: rows, columns: columns)
    for index in 0..<stack.count {
      let (source, target) = (input + index * stack.matrixStride, output + index * stack.matrixStride)
      guard matrix.load(source, into: x) != nil else {
        matrix.clear(target)
        continue
      }
      if method == .jacobi {
        JacobiDecomposition().decompose(x, rows: rows, columns: columns, u: u, sigma: sigma, v: v, scratch: scratch)
      } else {
        _ = machine.decompositions.singular(x, rows, columns, u, sigma, v, scratch)
      }
      let negligible = sigma[0].wide * Double(columns) * Number.ulpOfOne.wide
      for place in 0..<rows where sigma[place].wide <= negligible {
        for row in 0..<rows { u[row * rows + place] = Number(nearest: 0) }
      }
      machine.product(.rightTransposed, u, v, x, size, Number(nearest: 1), Number(nearest: 0), loop)
      matrix.store(x, into: target, scale: scale)
    }
  }
}
