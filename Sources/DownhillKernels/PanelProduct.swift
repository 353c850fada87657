import CMicrokernels
import DownhillBase

/// A product C = A·Bᵀ of panels, tile by tile, with what becomes of each tile.
///
/// Every tile is summed over the whole inner index by one worker, so that the bits do not depend on who computes what.
struct PanelProduct<Scalar: LaneScalar> {
  let kernels: TileKernels
  let left: Panels
  let right: Panels
  /// What is added to the one and to the other, where twice as many digits are kept.
  var leftResidue: Panels?
  var rightResidue: Panels?
  /// Whether C is symmetric, so that half of it is computed and all of it is written.
  var isSymmetric = false
  /// C = factor · A·Bᵀ + the first addend + the second.
  var factor: Float = 1
  var first: Addend?
  var second: Addend?
  /// Where C's columns become panels, and its rows.
  var columnPanels: Panels?
  var rowPanels: Panels?
  /// Where what is left of a symmetric C by rounding is written.
  var residue: Panels?
  /// Where C is written as a matrix.
  var matrix: MatrixPlace<Scalar>?
  /// Where the diagonal of C is written.
  var trace: UnsafeMutablePointer<Float>?

  /// Beyond this two panels do not fit the second cache together; then it is summed in turns.
  private var longestRun: Int { 8192 / kernels.bytesPerNumber }

  func run(on loop: LoopBody) {
    let (rows, columns) = (left.count, right.count)
    if isSymmetric {
      loop.forEach(rows * (rows + 1) / 2) { index, _ in
        var (row, place) = (0, index)
        while place >= rows - row {
          place -= rows - row
          row += 1
        }
        tile(row, row + place)
      }
    } else if rows < columns {
      // The short side's panels stay in the cache, those of the long one are fetched once.
      loop.forEach(rows * columns) { index, _ in tile(index % rows, index / rows) }
    } else {
      loop.forEach(rows * columns) { index, _ in tile(index / columns, index % columns) }
    }
  }

  private func tile(_ row: Int, _ column: Int) {
    guard let tile = dh_tile() else { return }
    let isMirrored = isSymmetric && row == column
    let (height, width) = (left.width(of: row), right.width(of: column))
    let (inner, side) = (left.inner, TileKernels.side)
    let bytes = height * width * kernels.bytesPerNumber
    if let columnPanels { dh_prepare(columnPanels.place(column, at: row * side).start, bytes, 1, 0) }
    if let rowPanels, !isMirrored { dh_prepare(rowPanels.place(row, at: column * side).start, bytes, 1, 0) }
    matrix?.prepare(atRow: row * side, column: column * side)
    for begin in stride(from: 0, to: inner, by: longestRun) {
      let length = min(inner - begin, longestRun)
      func add(_ left: Panels, _ right: Panels, adding: Bool) {
        kernels.multiply(
          left.place(row, at: begin), right.place(column, at: begin), inner: length, into: tile, adding: adding,
          isUpper: isMirrored)
      }
      add(left, right, adding: begin > 0)
      if let leftResidue { add(leftResidue, right, adding: true) }
      if let rightResidue { add(left, rightResidue, adding: true) }
    }
    var scale = factor
    func add(_ panels: Panels, times kept: Float) {
      kernels.combine(tile, rows: height, factor: scale, kept: kept, panels.place(column, at: row * side))
      scale = 1
    }
    func add(_ addend: Addend?) {
      guard let addend else { return }
      add(addend.panels, times: addend.factor)
      if let residue = addend.residue { add(residue, times: addend.factor) }
    }
    add(first)
    add(second)
    if row == column, let trace {
      let count = min(side, left.rows - row * side)
      for place in 0..<count { trace[row * side + place] = scale * tile[place * (side + 1)] }
    }
    if isMirrored { kernels.mirror(tile, width: width) }
    if let columnPanels {
      kernels.storeByColumns(
        tile, stride: side, rows: height, columns: width, scale: scale, to: columnPanels.place(column, at: row * side))
    }
    if let rowPanels, !isMirrored {
      kernels.storeByRows(
        tile, stride: side, rows: height, columns: width, scale: scale, to: rowPanels.place(row, at: column * side))
    }
    if let residue {
      kernels.keepResidue(tile, rows: height, columns: width, scale: scale)
      kernels.storeByColumns(
        tile, stride: side, rows: height, columns: width, scale: 1, to: residue.place(column, at: row * side))
      if !isMirrored {
        kernels.storeByRows(
          tile, stride: side, rows: height, columns: width, scale: 1, to: residue.place(row, at: column * side))
      }
    }
    matrix?.store(tile, atRow: row * side, column: column * side, scale: scale)
  }
}

/// factor · M, of a matrix that lies in panels as the columns of a product would.
struct Addend: BitwiseCopyable {
  let panels: Panels
  var residue: Panels?
  let factor: Float
}

/// A matrix in memory, row after row.
struct MatrixPlace<Scalar: LaneScalar>: BitwiseCopyable {
  let start: UnsafeMutablePointer<Scalar>
  let rows, columns: Int
  /// From one row to the next.
  let stride: Int

  /// Fetches what `store` will write.
  @inline(__always)
  func prepare(atRow row: Int, column: Int) {
    let side = TileKernels.side
    dh_prepare(
      start + row * stride + column, min(side, columns - column) * MemoryLayout<Scalar>.stride,
      min(side, rows - row), stride * MemoryLayout<Scalar>.stride)
  }

  /// Writes what of a tile lies in the matrix.
  @inline(__always)
  func store(_ tile: UnsafePointer<Float>, atRow row: Int, column: Int, scale: Float) {
    let side = TileKernels.side
    let width = min(side, columns - column)
    for index in 0..<min(side, rows - row) {
      let target = start + (row + index) * stride + column
      let source = tile + index * side
      for place in 0..<width { target[place] = Scalar(scale * source[place]) }
    }
  }
}
