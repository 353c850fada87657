public import DownhillBase

extension MatrixMachine where Scalar == Float {
  /// The fastest that this machine has: products by oneDNN, decompositions by LAPACK (in Double), Newton-Schulz iterations
  /// by our own kernels.
  public static var accelerated: MatrixMachine { fastestFloat }

  /// The same with the kernels of a level, which this CPU must have.
  public static func accelerated(by level: KernelLevel) -> MatrixMachine { make(by: level, LibraryProduct.oneDNN) }
}

extension MatrixMachine where Scalar == Double {
  /// The fastest that this machine has: products by OpenBLAS, decompositions by LAPACK, Newton-Schulz iterations in float32
  /// and below by our own kernels.
  public static var accelerated: MatrixMachine { fastestDouble }

  /// The same with the kernels of a level, which this CPU must have.
  public static func accelerated(by level: KernelLevel) -> MatrixMachine { make(by: level, LibraryProduct.openBLAS) }
}

// Made once: a step takes no memory.
private let fastestFloat = MatrixMachine<Float>.accelerated(by: .best)
private let fastestDouble = MatrixMachine<Double>.accelerated(by: .best)

extension MatrixMachine {
  @inline(__always)
  fileprivate static func make(by level: KernelLevel, _ products: LibraryProduct<Scalar>) -> MatrixMachine {
    let fused = FusedNewtonSchulz(level: level)
    return MatrixMachine(
      product: { form, a, b, c, size, scale, keep, loop in
        products.multiply(form, a, b, into: c, size: size, scale: scale, keep: keep, on: loop)
      },
      symmetricProduct: { form, a, c, size, scale, keep, loop in
        let square = ProductSize(rows: size.rows, inner: size.inner, columns: size.rows)
        products.multiply(form, a, a, into: c, size: square, scale: scale, keep: keep, on: loop)
      },
      decompositions: LAPACKDecompositions.make(),
      fused: FusedOrthogonalizer(
        supports: { fused.supports($0, $1, Scalar.self) }, workspaceSize: { fused.workspaceSize($0, $1) },
        run: { fused.run($0, $1, $2, $3, $4, $5, $6) }, choice: { fused.choice($0, $1) }))
  }
}
