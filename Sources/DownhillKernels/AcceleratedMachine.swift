public import DownhillBase

extension MatrixMachine where Scalar == Float {
  /// The fastest that this machine has: products by oneDNN, orthogonalisation by our own kernels.
  public static var accelerated: MatrixMachine { accelerated(by: .best) }

  /// The same with the kernels of a level, which this CPU must have.
  public static func accelerated(by level: KernelLevel) -> MatrixMachine {
    let fused = FusedNewtonSchulz(level: level)
    return MatrixMachine(
      product: { form, a, b, c, size, scale, keep, _ in
        OneDNN.multiply(
          form, a, b, into: c, rows: size.rows, inner: size.inner, columns: size.columns, scale: scale, keep: keep)
      },
      symmetricProduct: { form, a, c, size, scale, keep, _ in
        OneDNN.multiply(
          form, a, a, into: c, rows: size.rows, inner: size.inner, columns: size.rows, scale: scale, keep: keep)
      },
      decompositions: plain.decompositions,
      fused: FusedOrthogonalizer(
        supports: { fused.supports($0, $1, Float.self) }, workspaceSize: { fused.workspaceSize($0, $1) },
        run: { fused.run($0, $1, $2, $3, $4, $5, $6) }, choice: { fused.choice($0, $1) }))
  }
}

extension MatrixMachine where Scalar == Double {
  /// The fastest that this machine has: products by OpenBLAS, orthogonalisation in float32 and below by our own kernels.
  public static var accelerated: MatrixMachine { accelerated(by: .best) }

  /// The same with the kernels of a level, which this CPU must have.
  public static func accelerated(by level: KernelLevel) -> MatrixMachine {
    let fused = FusedNewtonSchulz(level: level)
    return MatrixMachine(
      product: { form, a, b, c, size, scale, keep, _ in
        OpenBLAS.multiply(
          form, a, b, into: c, rows: size.rows, inner: size.inner, columns: size.columns, scale: scale, keep: keep)
      },
      symmetricProduct: { form, a, c, size, scale, keep, _ in
        OpenBLAS.multiply(
          form, a, a, into: c, rows: size.rows, inner: size.inner, columns: size.rows, scale: scale, keep: keep)
      },
      decompositions: plain.decompositions,
      fused: FusedOrthogonalizer(
        supports: { fused.supports($0, $1, Double.self) }, workspaceSize: { fused.workspaceSize($0, $1) },
        run: { fused.run($0, $1, $2, $3, $4, $5, $6) }, choice: { fused.choice($0, $1) }))
  }
}
