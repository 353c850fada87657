import DownhillBase

/// A matrix cut into blocks of at most `blockSize` rows and columns, the last ones shorter.
struct MatrixGrid {
  let rows, columns, blockSize: Int

  init(_ shape: Shape, blockSize: Int) {
    rows = shape.rows
    columns = shape.columns
    self.blockSize = blockSize
  }

  /// One of the blocks.
  struct Block {
    let row, column, rows, columns: Int
    /// Where its factors begin, where those of all blocks stand one behind the other.
    let leftStart, rightStart: Int
  }

  var isWhole: Bool { rows <= blockSize && columns <= blockSize }
  /// The sides of the largest block.
  var largest: (rows: Int, columns: Int) { (min(rows, blockSize), min(columns, blockSize)) }
  /// How many numbers the factors of all blocks' rows take.
  var leftCount: Int { squares(of: rows) * pieces(of: columns) }
  /// The same of their columns.
  var rightCount: Int { squares(of: columns) * pieces(of: rows) }

  private func pieces(of side: Int) -> Int { (side + blockSize - 1) / blockSize }
  private func squares(of side: Int) -> Int {
    side / blockSize * blockSize * blockSize + side % blockSize * (side % blockSize)
  }

  /// Along rows of blocks.
  func forEach(_ body: (Block) -> Void) {
    var (left, right) = (0, 0)
    for row in stride(from: 0, to: rows, by: blockSize) {
      for column in stride(from: 0, to: columns, by: blockSize) {
        let (height, width) = (min(blockSize, rows - row), min(blockSize, columns - column))
        body(
          Block(row: row, column: column, rows: height, columns: width, leftStart: left, rightStart: right))
        left += height * height
        right += width * width
      }
    }
  }

  /// A block's numbers, without gaps.
  func gather<Number>(_ block: Block, of matrix: UnsafePointer<Number>, into target: UnsafeMutablePointer<Number>) {
    for row in 0..<block.rows {
      let source = matrix + (block.row + row) * columns + block.column
      (target + row * block.columns).update(from: source, count: block.columns)
    }
  }
}
