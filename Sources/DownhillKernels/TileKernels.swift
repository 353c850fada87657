import CMicrokernels

/// What is done to panels and tiles: in numbers of one format, by one set of instructions.
struct TileKernels: Sendable, BitwiseCopyable {
  /// In what numbers panels are.
  enum Format: Sendable {
    case float, bfloat16
  }

  let level: KernelLevel
  let format: Format

  /// The side of a tile, and the greatest width of a panel.
  static let side = Int(dh_panel_width)

  /// Products of bfloat16 where the level has them, else of Float.
  init(_ format: Format, by level: KernelLevel) {
    self.level = level
    self.format = level == .avx512BFloat16 ? format : .float
  }

  var bytesPerNumber: Int { format == .float ? 4 : 2 }

  /// tile = A·Bᵀ of two panels.
  /// - Parameter isUpper: Whether only what is right of the diagonal, and it, is wanted.
  @inline(__always)
  func multiply(
    _ a: PanelPointer, _ b: PanelPointer, inner: Int, into tile: UnsafeMutablePointer<Float>, adding: Bool,
    isUpper: Bool
  ) {
    let (adds, upper): (CInt, CInt) = (adding ? 1 : 0, isUpper ? 1 : 0)
    switch format {
    case .float:
      dh_block_f32(level.number, a.floats, a.width, b.floats, b.width, inner, tile, adds, upper)
    case .bfloat16:
      dh_block_bf16(a.pairs, a.width, b.pairs, b.width, (inner + 1) / 2 * 2, tile, adds, upper)
    }
  }

  /// tile = factor · tile + kept · panel, of which as many rows as said are under the tile.
  @inline(__always)
  func combine(
    _ tile: UnsafeMutablePointer<Float>, rows: Int, factor: Float, kept: Float, _ panel: PanelPointer
  ) {
    switch format {
    case .float: dh_combine_f32(level.number, tile, rows, panel.width, factor, kept, panel.floats)
    case .bfloat16: dh_combine_bf16(tile, rows, panel.width, factor, kept, panel.pairs)
    }
  }

  /// tile = what rounding to the panels' numbers leaves of scale · tile: nothing, of Float.
  @inline(__always)
  func keepResidue(_ tile: UnsafeMutablePointer<Float>, rows: Int, columns: Int, scale: Float) {
    switch format {
    case .float: tile.update(repeating: 0, count: rows * Self.side)
    case .bfloat16: dh_residue_bf16(tile, rows, columns, scale)
    }
  }

  /// Fills the part of a symmetric tile that `isUpper` left out.
  func mirror(_ tile: UnsafeMutablePointer<Float>, width: Int) { dh_mirror(level.number, tile, width) }

  /// Writes scale · x to a panel of its columns: row after row.
  @inline(__always)
  func storeByColumns(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, scale: Float, to panel: PanelPointer
  ) {
    switch format {
    case .float:
      dh_store_columns_f32(level.number, x, stride, rows, columns, scale, panel.floats, panel.width)
    case .bfloat16: dh_store_columns_bf16(x, stride, rows, columns, scale, panel.pairs, panel.width)
    }
  }

  /// Writes scale · x to a panel of its rows: column after column.
  @inline(__always)
  func storeByRows(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, scale: Float, to panel: PanelPointer
  ) {
    switch format {
    case .float: dh_store_rows_f32(level.number, x, stride, rows, columns, scale, panel.floats, panel.width)
    case .bfloat16: dh_store_rows_bf16(x, stride, rows, columns, scale, panel.pairs, panel.width)
    }
  }
}

/// A place in a panel, and the panel's width.
struct PanelPointer {
  let start: UnsafeMutableRawPointer
  let width: Int

  var floats: UnsafeMutablePointer<Float> { start.assumingMemoryBound(to: Float.self) }
  var pairs: UnsafeMutablePointer<UInt32> { start.assumingMemoryBound(to: UInt32.self) }
}
