import CNetworkKernels
public import DownhillBase
import DownhillKernels

extension Tape {
  /// The greatest number in each window of each channel; the zeros around the image do not count.
  /// - Parameters:
  ///   - x: [batch, channels, rows, columns].
  ///   - kernel: Rows and columns of the window.
  ///   - stride: From one window to the next.
  ///   - padding: On every side, at most half the window.
  /// - Returns: [batch, channels, ⌊(rows + 2·padding − kernel)/stride⌋ + 1, …].
  public func maxPool(_ x: Value, kernel: Extent, stride: Extent, padding: Extent = 0) -> Value {
    pool(x, .greatest, kernel, stride, padding)
  }

  /// The mean of each window of each channel, the zeros around the image among its numbers.
  /// - Parameters:
  ///   - x: [batch, channels, rows, columns].
  ///   - kernel: Rows and columns of the window.
  ///   - stride: From one window to the next.
  ///   - padding: On every side, at most half the window.
  /// - Returns: [batch, channels, ⌊(rows + 2·padding − kernel)/stride⌋ + 1, …].
  public func averagePool(_ x: Value, kernel: Extent, stride: Extent, padding: Extent = 0) -> Value {
    pool(x, .mean, kernel, stride, padding)
  }

  private func pool(_ x: Value, _ kind: Pooling.Kind, _ kernel: Extent, _ stride: Extent, _ padding: Extent) -> Value {
    let x = blocked(x)
    let d = shape(of: x).dimensions
    let rows = (d[2] + 2 * padding.rows - kernel.rows) / stride.rows + 1
    let columns = (d[3] + 2 * padding.columns - kernel.columns) / stride.columns + 1
    let fits = d[2] + 2 * padding.rows >= kernel.rows && d[3] + 2 * padding.columns >= kernel.columns
    precondition(
      fits && 2 * padding.rows <= kernel.rows && 2 * padding.columns <= kernel.columns,
      "a window of \(kernel) with padding \(padding) does not fit \(d)")
    let output = make([d[0], d[1], rows, columns], .blocked)
    append(
      Pooling(
        x: x, output: output, places: kind == .greatest ? make(shape(of: output), .blocked) : nil, images: d[0],
        channels: d[1],
        window: dh_window(
          rows: d[2], columns: d[3], out_rows: rows, out_columns: columns, kernel_rows: kernel.rows,
          kernel_columns: kernel.columns, stride_rows: stride.rows, stride_columns: stride.columns,
          padding_rows: padding.rows, padding_columns: padding.columns)))
    return output
  }
}

struct Pooling: Operation {
  enum Kind { case greatest, mean }

  let x, output: Value
  /// Where in its window the greatest was, as whole numbers; nil for means.
  let places: Value?
  let images, channels: Int
  let window: dh_window

  var inputs: [Value] { [x] }
  var outputs: [Value] { [output] + (places.map { [$0] } ?? []) }
  var readsBackward: [Value] { places.map { [$0] } ?? [] }

  private var planes: Int { images * Layout.blocks(of: channels) }
  private var pixels: Int { window.rows * window.columns }
  private var size: Int { window.kernel_rows * window.kernel_columns }
  private var outputPixels: Int { window.out_rows * window.out_columns }

  func forward(_ memory: Memory) {
    let (x, y, places) = (memory(x), memory(output), places.map { memory($0) })
    memory.loop.forEach(planes) { plane, _ in
      let (from, to) = (plane * pixels * Layout.block, plane * outputPixels * Layout.block)
      if let places {
        dh_max_pool(window, x + from, y + to, places + to)
      } else {
        dh_average_pool(window, x + from, y + to)
      }
    }
  }

  func backward(_ memory: Memory) {
    let (dy, dx, adds) = (memory.gradient(output), memory.gradient(x), memory.adds(to: x) ? CInt(1) : 0)
    let places = places.map { memory($0) }
    memory.loop.forEach(planes) { plane, _ in
      let (from, to) = (plane * pixels * Layout.block, plane * outputPixels * Layout.block)
      if let places {
        dh_max_pool_backward(window, places + to, dy + to, dx + from, adds)
      } else {
        dh_average_pool_backward(window, dy + to, dx + from, adds)
      }
    }
  }

  /// The places in the plane that a window covers, row by row.
  private func covered(_ place: Int) -> [Int] {
    let (row, column) = (place / window.out_columns, place % window.out_columns)
    return (0..<size).compactMap { at in
      let r = row * window.stride_rows - window.padding_rows + at / window.kernel_columns
      let c = column * window.stride_columns - window.padding_columns + at % window.kernel_columns
      return (0..<window.rows).contains(r) && (0..<window.columns).contains(c) ? r * window.columns + c : nil
    }
  }

  /// The share of a window's gradient that each of its places gets.
  private func shares(_ x: [Double], _ plane: Int, _ place: Int) -> [(place: Int, share: Double)] {
    let covered = covered(place).map { plane * pixels + $0 }
    guard places != nil else { return covered.map { ($0, 1 / Double(size)) } }
    let best = covered.reduce(covered.first ?? 0) { x[$1] > x[$0] ? $1 : $0 }
    return [(best, 1)]
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    reference[output] = (0..<images * channels * outputPixels).map { index in
      shares(x, index / outputPixels, index % outputPixels).reduce(0) { $0 + x[$1.place] * $1.share }
    }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (x, dy) = (reference[x], reference[gradient: output])
    var dx = [Double](repeating: 0, count: x.count)
    for index in dy.indices {
      for part in shares(x, index / outputPixels, index % outputPixels) { dx[part.place] += dy[index] * part.share }
    }
    reference.add(dx, to: self.x)
  }
}
