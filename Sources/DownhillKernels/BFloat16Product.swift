import CProducts
public import DownhillBase

/// A product of matrices of bfloat16 by oneDNN, summed in float32: made once for its shape. Its bits depend on the number of
/// threads that oneDNN had when it was made.
public final class BFloat16Product {
  private let product: OpaquePointer
  /// How many bytes of memory a run may write over.
  public let workspaceBytes: Int

  /// C ← op(A)·op(B), or C + op(A)·op(B), row-major.
  /// - Parameters:
  ///   - transposesA: Whether A lies as k × m.
  ///   - transposesB: Whether B lies as n × k.
  ///   - m: The rows of C.
  ///   - n: The columns of C.
  ///   - k: The length of each sum.
  ///   - adds: Whether the product is added to what C holds.
  /// - Returns: Nil where this CPU has no such products.
  public init?(_ transposesA: Bool, _ transposesB: Bool, _ m: Int, _ n: Int, _ k: Int, adds: Bool) {
    guard KernelLevel.avx512BFloat16.isSupported,
      let product = dh_product_make(m, n, k, transposesA ? 1 : 0, transposesB ? 1 : 0, adds ? 1 : 0)
    else { return nil }
    self.product = product
    workspaceBytes = dh_product_workspace(product)
  }

  deinit { dh_product_free(product) }

  /// Runs it; `workspace` begins at a multiple of 64 bytes.
  public func callAsFunction(
    _ a: UnsafePointer<BFloat16>, _ b: UnsafePointer<BFloat16>, into c: UnsafeMutablePointer<Float>,
    _ workspace: UnsafeMutableRawPointer
  ) {
    let (a, b) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    let status = dh_product_run(
      product, a.assumingMemoryBound(to: UInt16.self), b.assumingMemoryBound(to: UInt16.self), c, workspace)
    precondition(status == 0, "oneDNN refused a product that it had made")
  }
}
