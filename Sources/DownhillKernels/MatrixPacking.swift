import CMicrokernels
import DownhillBase

/// A matrix brought into panels, of its rows and of its columns, in one pass.
struct MatrixPacking<Scalar: LaneScalar> {
  let kernels: TileKernels
  let source: UnsafePointer<Scalar>
  let rows, columns: Int
  /// From one row to the next.
  let stride: Int
  let rowPanels: Panels
  let columnPanels: Panels
  /// A power of two.
  let unit: Double

  func run(on loop: LoopBody) {
    let (high, wide) = (Panels.count(rows: rows), Panels.count(rows: columns))
    loop.forEach(high * wide) { index, _ in pack(index / wide, index % wide) }
  }

  @inline(__always)
  private func pack(_ row: Int, _ column: Int) {
    guard let tile = dh_tile() else { return }
    let side = TileKernels.side
    let (top, left) = (row * side, column * side)
    let (height, width) = (min(side, rows - top), min(side, columns - left))
    let corner = source + top * stride + left
    let scale = Scalar(nearest: unit)
    for index in 0..<height {
      let line = corner + index * stride
      for place in 0..<width { tile[index * side + place] = Float(scale * line[place]) }
      for place in width..<padded(width) { tile[index * side + place] = 0 }
    }
    for index in height..<padded(height) { (tile + index * side).update(repeating: 0, count: padded(width)) }
    kernels.storeByColumns(
      tile, stride: side, rows: padded(height), columns: padded(width), scale: 1,
      to: columnPanels.place(column, at: top))
    kernels.storeByRows(
      tile, stride: side, rows: padded(height), columns: padded(width), scale: 1, to: rowPanels.place(row, at: left))
  }
}
