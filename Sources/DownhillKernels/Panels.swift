import DownhillBase

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

/// A square matrix as shift · I and what is left, in panels.
///
/// The numbers on the diagonal are all but equal where a matrix has singular values of one size, and rounding takes all of
/// them the same way: in bfloat16 half of the error of the Gram form. Their mean is kept apart, unrounded.
struct ShiftedPanels {
  let panels: Panels
  /// What rounding left of the numbers in `panels`, where twice as many digits are kept.
  var residue: Panels?
  var shift = 0.0

  /// Moves the mean of the diagonal into the shift.
  /// - Parameter diagonal: The panels' diagonal before it was rounded.
  mutating func center(_ diagonal: UnsafePointer<Float>, _ kernels: TileKernels) {
    guard panels.rows > 0 else { return }
    var sum = 0.0
    for place in 0..<panels.rows { sum += Double(diagonal[place]) }
    let mean = Float(sum / Double(panels.rows))
    for place in 0..<panels.rows {
      let rounded = panels.setDiagonal(place, to: diagonal[place] - mean, kernels)
      residue?.setDiagonal(place, to: diagonal[place] - mean - rounded, kernels)
    }
    shift += Double(mean)
  }
}

extension Panels {
  /// - Returns: The number as it is now.
  @discardableResult
  fileprivate func setDiagonal(_ place: Int, to value: Float, _ kernels: TileKernels) -> Float {
    let (panel, row) = (place / TileKernels.side, place % TileKernels.side)
    let first = self.place(panel)
    switch kernels.format {
    case .float:
      first.floats[place * first.width + row] = value
      return value
    case .bfloat16:
      // Two inner indices lie side by side.
      let rounded = BFloat16(value)
      first.start.assumingMemoryBound(to: UInt16.self)[(place / 2 * first.width + row) * 2 + place % 2] =
        rounded.bitPattern
      return rounded.wide
    }
  }
}
