import DownhillBase
import DownhillKernels
import DownhillMatrix

/// How far an orthogonaliser on this machine is from its polynomial in Double.
struct OrthogonalizerError {
  let orthogonalizer: Orthogonalizer
  let loop: LoopBody

  /// The worse of two matrices of a shape: normally distributed numbers, and singular values from 1 to 10⁻⁶.
  /// - Returns: ‖O − p(X)‖ / ‖p(X)‖.
  func worst(rows: Int, columns: Int) -> Double {
    max(
      relative(Self.gaussian(rows * columns, seed: 1), rows, columns),
      relative(spread(rows, columns, to: 1e-6), rows, columns))
  }

  private static func gaussian(_ count: Int, seed: UInt64) -> [Double] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { random.normal(at: UInt64($0)) }
  }

  /// A matrix whose singular values fall from 1 to the least by equal factors.
  private func spread(_ rows: Int, _ columns: Int, to least: Double) -> [Double] {
    let machine = MatrixMachine<Double>.accelerated
    let r = min(rows, columns)
    func orthonormal(_ rows: Int, seed: UInt64) -> [Double] {
      var q = Self.gaussian(rows * r, seed: seed)
      var scratch = [Double](repeating: 0, count: machine.decompositions.orthonormalScratch(rows, r))
      machine.decompositions.orthonormalize(&q, rows, r, &scratch)
      return q
    }
    var u = orthonormal(rows, seed: 2)
    let v = orthonormal(columns, seed: 3)
    for index in 0..<rows * r {
      let place = Double(index % r) / Double(max(r - 1, 1))
      u[index] *= Elementary.exp(place * Elementary.log(least))
    }
    var x = [Double](repeating: 0, count: rows * columns)
    let size = ProductSize(rows: rows, inner: r, columns: columns)
    machine.product(.rightTransposed, u, v, &x, size, 1, 0, loop)
    return x
  }

  private func relative(_ values: [Double], _ rows: Int, _ columns: Int) -> Double {
    // Both begin from the same numbers of 32 bits.
    let x = values.map { Float($0) }
    var exact = x.map { Double($0) }
    var found = x
    let stack = MatrixStack(rows: rows, columns: columns)
    run(orthogonalizer, stack, &found, .accelerated)
    var reference = orthogonalizer
    (reference.precision, reference.algorithm) = (.double, .plain)
    run(reference, stack, &exact, .accelerated)
    var (difference, norm) = (0.0, 0.0)
    for (o, p) in zip(found, exact) {
      difference += (Double(o) - p) * (Double(o) - p)
      norm += p * p
    }
    return (difference / norm).squareRoot()
  }

  private func run<Scalar: AcceleratedScalar>(
    _ orthogonalizer: Orthogonalizer, _ stack: MatrixStack, _ x: inout [Scalar], _ machine: MatrixMachine<Scalar>
  ) {
    let workspace = AlignedMemory<Double>(
      count: orthogonalizer.workspaceSize(for: stack, on: machine) / 8 + 8, repeating: 0)
    x.withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      orthogonalizer.orthogonalize(
        stack, from: UnsafePointer(start), into: start, workspace: UnsafeMutableRawPointer(workspace.start),
        on: machine, loop)
    }
  }
}
