/// What a machine does with matrices of one type of number, behind closures: all that a matrix rule asks of it.
///
/// A rule is written once, over this; `plain` runs everywhere and is the reference, `DownhillKernels` has the fast ones.
/// The bits of a result follow from the shape and the machine alone, not from the number of threads.
public struct MatrixMachine<Scalar: LaneScalar>: Sendable {
  /// C ← scale · product + keep · C; see `MatrixProduct`.
  public typealias Product =
    @Sendable (
      _ form: ProductForm, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ c: UnsafeMutablePointer<Scalar>,
      _ size: ProductSize, _ scale: Scalar, _ keep: Scalar, _ loop: LoopBody
    ) -> Void
  /// The product of a matrix with its own transpose, both triangles of it: A·Aᵀ (`rightTransposed`, A is rows × inner) or
  /// Aᵀ·A (`leftTransposed`, A is inner × rows).
  public typealias SymmetricProduct =
    @Sendable (
      _ form: ProductForm, _ a: UnsafePointer<Scalar>, _ c: UnsafeMutablePointer<Scalar>, _ size: ProductSize,
      _ scale: Scalar, _ keep: Scalar, _ loop: LoopBody
    ) -> Void

  public let product: Product
  public let symmetricProduct: SymmetricProduct
  public let decompositions: MatrixDecompositions<Scalar>
  /// A Newton-Schulz iteration in one, where the machine has one.
  public let fused: FusedOrthogonalizer<Scalar>?

  public init(
    product: @escaping Product, symmetricProduct: @escaping SymmetricProduct,
    decompositions: MatrixDecompositions<Scalar>, fused: FusedOrthogonalizer<Scalar>? = nil
  ) {
    self.product = product
    self.symmetricProduct = symmetricProduct
    self.decompositions = decompositions
    self.fused = fused
  }
}

/// The lengths of a product: C is rows × columns, each sum has `inner` terms.
public struct ProductSize: Sendable, BitwiseCopyable, Equatable {
  public let rows, inner, columns: Int

  public init(rows: Int, inner: Int, columns: Int) {
    self.rows = rows
    self.inner = inner
    self.columns = columns
  }
}

/// The decompositions that matrix rules ask for. Matrices are row-major; scratch is counted in Doubles.
public struct MatrixDecompositions<Scalar: LaneScalar>: Sendable {
  /// A = U·diag(σ)·Vᵀ, as `MatrixDecomposition.decompose` says: A, its rows and columns, U, σ, V, scratch.
  public typealias Singular =
    @Sendable (
      _ a: UnsafePointer<Scalar>, _ rows: Int, _ columns: Int, _ u: UnsafeMutablePointer<Scalar>,
      _ sigma: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>,
      _ scratch: UnsafeMutablePointer<Double>
    ) -> Bool
  /// A = V·diag(λ)·Vᵀ of a symmetric n × n matrix, of which the lower triangle is read: λ falls, the columns of V are
  /// orthonormal, and in each the number of the greatest magnitude (the first of them) is positive. False, and all not a
  /// number, where A holds what is not finite.
  public typealias Eigen =
    @Sendable (
      _ a: UnsafePointer<Scalar>, _ n: Int, _ vectors: UnsafeMutablePointer<Scalar>,
      _ values: UnsafeMutablePointer<Scalar>, _ scratch: UnsafeMutablePointer<Double>
    ) -> Bool
  /// A = Q·R of a rows × columns matrix with rows ≥ columns: Q takes A's place, its columns are orthonormal even where A
  /// has less than full rank, and no number on R's diagonal is negative.
  public typealias Orthonormal =
    @Sendable (
      _ a: UnsafeMutablePointer<Scalar>, _ rows: Int, _ columns: Int, _ scratch: UnsafeMutablePointer<Double>
    ) -> Void

  public let singular: Singular
  public let singularScratch: @Sendable (_ rows: Int, _ columns: Int) -> Int
  public let eigen: Eigen
  public let eigenScratch: @Sendable (_ n: Int) -> Int
  public let orthonormalize: Orthonormal
  public let orthonormalScratch: @Sendable (_ rows: Int, _ columns: Int) -> Int

  public init(
    singular: @escaping Singular, singularScratch: @escaping @Sendable (_ rows: Int, _ columns: Int) -> Int,
    eigen: @escaping Eigen, eigenScratch: @escaping @Sendable (_ n: Int) -> Int,
    orthonormalize: @escaping Orthonormal,
    orthonormalScratch: @escaping @Sendable (_ rows: Int, _ columns: Int) -> Int
  ) {
    self.singular = singular
    self.singularScratch = singularScratch
    self.eigen = eigen
    self.eigenScratch = eigenScratch
    self.orthonormalize = orthonormalize
    self.orthonormalScratch = orthonormalScratch
  }
}

/// A Newton-Schulz iteration as one call, with norm, scale and transposition inside.
public struct FusedOrthogonalizer<Scalar: LaneScalar>: Sendable {
  /// Whether it can do as told.
  public let supports: @Sendable (Orthogonalization, MatrixStack) -> Bool
  /// The bytes of workspace that it takes.
  public let workspaceSize: @Sendable (Orthogonalization, MatrixStack) -> Int
  /// Writes scale · O for every matrix of the stack. The output lies as the input does, and may be the same memory. A zero
  /// matrix gives zero; one that holds what is not a number gives what is not a number.
  public let run: Run
  /// What it does with a shape, for a reader, such as `gram, restart 3, bf16, avx512bf16`: all that its bits depend on.
  public let choice: @Sendable (Orthogonalization, MatrixStack) -> String

  public typealias Run =
    @Sendable (
      _ how: Orthogonalization, _ stack: MatrixStack, _ input: UnsafePointer<Scalar>,
      _ output: UnsafeMutablePointer<Scalar>, _ scale: Double, _ workspace: UnsafeMutableRawPointer, _ loop: LoopBody
    ) -> Void

  public init(
    supports: @escaping @Sendable (Orthogonalization, MatrixStack) -> Bool,
    workspaceSize: @escaping @Sendable (Orthogonalization, MatrixStack) -> Int, run: @escaping Run,
    choice: @escaping @Sendable (Orthogonalization, MatrixStack) -> String
  ) {
    self.supports = supports
    self.workspaceSize = workspaceSize
    self.run = run
    self.choice = choice
  }
}
