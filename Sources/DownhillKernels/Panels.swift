/// A matrix as panels of its rows, in the order in which products read it.
///
/// Each holds 48 rows, the last 16, 32 or 48, those beyond the matrix zero. The order within one is told in
/// `CMicrokernels.h`.
struct Panels: BitwiseCopyable {
  let start: UnsafeMutableRawPointer
  let rows: Int
  /// How long a row is.
  let inner: Int
  private let bytesPerNumber: Int

  init(_ start: UnsafeMutableRawPointer, rows: Int, inner: Int, for kernels: TileKernels) {
    self.start = start
    self.rows = rows
    self.inner = inner
    bytesPerNumber = kernels.bytesPerNumber
  }

  /// How much memory they take, a multiple of 64.
  static func byteCount(rows: Int, inner: Int, for kernels: TileKernels) -> Int {
    padded(rows) * padded(inner) * kernels.bytesPerNumber
  }

  static func count(rows: Int) -> Int { (rows + TileKernels.side - 1) / TileKernels.side }
  var count: Int { Self.count(rows: rows) }

  @inline(__always)
  func width(of panel: Int) -> Int { min(TileKernels.side, padded(rows - panel * TileKernels.side)) }

  /// The place in a panel where an inner index begins, which is a multiple of 16.
  @inline(__always)
  func place(_ panel: Int, at index: Int = 0) -> PanelPointer {
    let width = width(of: panel)
    let number = panel * TileKernels.side * padded(inner) + index * width
    return PanelPointer(start: start + number * bytesPerNumber, width: width)
  }
}

/// A length up to the next multiple of a register's.
@inline(__always)
func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
