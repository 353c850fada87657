extension MatrixMachine {
  /// Plain Swift on the calling thread, everywhere the same bits. Specialised where `Scalar` is known.
  @inline(__always)
  fileprivate static func makePlain() -> Self {
    MatrixMachine(
      product: { form, a, b, c, size, scale, keep, _ in
        PlainMatrixProduct().multiply(
          form, a, b, into: c, rows: size.rows, inner: size.inner, columns: size.columns, scale: scale, keep: keep)
      },
      symmetricProduct: { form, a, c, size, scale, keep, _ in
        PlainMatrixProduct().multiply(
          form, a, a, into: c, rows: size.rows, inner: size.inner, columns: size.rows, scale: scale, keep: keep)
      },
      decompositions: MatrixDecompositions(
        singular: { a, rows, columns, u, sigma, v, scratch in
          JacobiDecomposition().decompose(a, rows: rows, columns: columns, u: u, sigma: sigma, v: v, scratch: scratch)
        },
        singularScratch: { rows, columns in JacobiDecomposition().scratchCount(rows: rows, columns: columns) },
        eigen: { a, n, vectors, values, scratch in
          SymmetricJacobi().decompose(a, n, vectors: vectors, values: values, scratch: scratch)
        },
        eigenScratch: { n in SymmetricJacobi().scratchCount(n) },
        orthonormalize: { a, rows, columns, scratch in
          HouseholderQR().orthonormalize(a, rows: rows, columns: columns, scratch: scratch)
        },
        orthonormalScratch: { rows, columns in HouseholderQR().scratchCount(rows: rows, columns: columns) }))
  }
}

extension MatrixMachine where Scalar == Float {
  /// Plain Swift on the calling thread: the reference.
  public static var plain: MatrixMachine { plainFloat }
}

extension MatrixMachine where Scalar == Double {
  /// Plain Swift on the calling thread: the reference.
  public static var plain: MatrixMachine { plainDouble }
}

// Made once: closures in a generic place may take memory, and a step takes none.
private let plainFloat = MatrixMachine<Float>.makePlain()
private let plainDouble = MatrixMachine<Double>.makePlain()
