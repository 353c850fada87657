public import DownhillBase

/// Into which matrices a tensor is cut, each of which is orthogonalised by itself.
public struct MatrixBlocks: Sendable, BitwiseCopyable, Equatable {
  /// How many equal blocks of rows every matrix has, as the queries, keys and values of an attention have heads.
  public var heads: Int
  /// Whether a tensor of three dimensions or more is a stack of matrices, one for each expert.
  public var experts: Bool

  public init(heads: Int = 1, experts: Bool = false) {
    self.heads = heads
    self.experts = experts
  }

  /// The matrices of a tensor as they lie in it. One whose rows are not a multiple of `heads` is not cut.
  public func stack(of shape: Shape) -> MatrixStack {
    let whole = matrices(of: shape)
    guard heads > 1, whole.rows % heads == 0 else { return whole }
    return MatrixStack(count: whole.count * heads, rows: whole.rows / heads, columns: whole.columns)
  }

  /// The same before heads are cut.
  func matrices(of shape: Shape) -> MatrixStack {
    guard experts, shape.dimensions.count >= 3, shape.count > 0 else {
      return MatrixStack(rows: shape.rows, columns: shape.columns)
    }
    let (count, rows) = (shape.dimensions[0], shape.dimensions[1])
    return MatrixStack(count: count, rows: rows, columns: shape.count / (count * rows))
  }
}
