/// Equal matrices in one piece of memory: a matrix, its transpose, the heads of an attention, the experts of a layer.
///
/// A view: transposing or splitting moves no number.
public struct MatrixStack: Sendable, BitwiseCopyable, Equatable {
  /// How many matrices there are.
  public let count: Int
  /// The rows of each.
  public let rows: Int
  /// The columns of each.
  public let columns: Int
  /// From one matrix to the next, in numbers.
  public let matrixStride: Int
  /// From one row to the next.
  public let rowStride: Int
  /// From one column to the next.
  public let columnStride: Int

  /// Row-major matrices without gaps, one after the other.
  public init(count: Int = 1, rows: Int, columns: Int) {
    self.init(
      count: count, rows: rows, columns: columns, matrixStride: rows * columns, rowStride: columns, columnStride: 1)
  }

  public init(count: Int, rows: Int, columns: Int, matrixStride: Int, rowStride: Int, columnStride: Int) {
    self.count = count
    self.rows = rows
    self.columns = columns
    self.matrixStride = matrixStride
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// Each matrix transposed.
  public var transposed: MatrixStack {
    MatrixStack(
      count: count, rows: columns, columns: rows, matrixStride: matrixStride, rowStride: columnStride,
      columnStride: rowStride)
  }

  /// Each matrix with no more rows than columns: transposed where it is tall.
  public var lying: MatrixStack { rows > columns ? transposed : self }
}
