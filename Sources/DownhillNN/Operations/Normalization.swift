import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// Each row minus its mean, divided by its deviation, times a gain, plus a bias. Ba et al. 2016, arXiv:1607.06450.
  /// - Parameters:
  ///   - x: […, width].
  ///   - gain: [width].
  ///   - bias: [width].
  ///   - epsilon: Added to the variance.
  public func layerNorm(_ x: Value, gain: Value?, bias: Value? = nil, epsilon: Double = 1e-5) -> Value {
    normalize(x, gain: gain, bias: bias, epsilon: epsilon, centers: true)
  }

  /// Each row divided by its root mean square, times a gain. Zhang, Sennrich 2019, arXiv:1910.07467.
  public func rmsNorm(_ x: Value, gain: Value?, epsilon: Double = 1e-6) -> Value {
    normalize(x, gain: gain, bias: nil, epsilon: epsilon, centers: false)
  }

  private func normalize(_ x: Value, gain: Value?, bias: Value?, epsilon: Double, centers: Bool) -> Value {
    let width = shape(of: x).dimensions.last ?? 1
    let rows = shape(of: x).count / max(width, 1)
    let output = make(shape(of: x))
    append(
      RowNormalization(
        x: x, gain: gain, bias: bias, output: output, mean: centers ? make([rows]) : nil, inverse: make([rows]),
        rows: rows, width: width, epsilon: epsilon))
    return output
  }
}

struct RowNormalization: Operation {
  let x: Value
  let gain, bias: Value?
  let output: Value
  /// One a row; nil where the rows are not centred.
  let mean: Value?
  /// The inverse deviation, one a row.
  let inverse: Value
  let rows, width: Int
  let epsilon: Double

  var inputs: [Value] { [x] + [gain, bias].compactMap { $0 } }
  var outputs: [Value] { [output, inverse] + (mean.map { [$0] } ?? []) }
  var readsBackward: [Value] { [x, inverse] + [gain, mean].compactMap { $0 } }
  /// Two sums in Double for each column, block by block.
  var workspaceShared: Int { blocks * width * 4 }

  /// A number of blocks that follows from the shape alone, since their sums are added up.
  private var blocks: Int { min(16, max(rows / 8, 1)) }

  func forward(_ memory: Memory) {
    let (x, y, inverse) = (memory(x), memory(output), memory(inverse))
    let (gain, bias, mean) = (gain.map { memory($0) }, bias.map { memory($0) }, mean.map { memory($0) })
    memory.loop.forEachBlock(of: rows, atLeast: max(2048 / max(width, 1), 1)) { range, _ in
      let start = range.lowerBound * width
      if let mean {
        dh_layer_norm(
          x + start, gain, bias, y + start, mean + range.lowerBound, inverse + range.lowerBound, range.count, width,
          Float(epsilon))
      } else {
        dh_rms_norm(x + start, gain, y + start, inverse + range.lowerBound, range.count, width, Float(epsilon))
      }
    }
  }

  func backward(_ memory: Memory) {
    let (values, dy, inverse) = (memory(x), memory.gradient(output), memory(inverse))
    let (gain, mean) = (gain.map { memory($0) }, mean.map { memory($0) })
    let wantsX = memory.wantsGradient(x)
    let adds = wantsX && memory.adds(to: x)
    // Where nobody wants dx it goes where the row's own gradient is, which nobody reads after.
    let dx = wantsX ? memory.gradient(x) : dy
    let sums = UnsafeMutableRawPointer(memory.sharedWorkspace)
      .assumingMemoryBound(to: Double.self)
    let blocks = blocks
    memory.loop.forEach(blocks) { block, _ in
      let range = rows * block / blocks..<rows * (block + 1) / blocks
      let (start, mine) = (range.lowerBound * width, sums + block * 2 * width)
      mine.update(repeating: 0, count: 2 * width)
      let dGain = self.gain == nil ? nil : mine
      if let mean {
        dh_layer_norm_backward(
          values + start, gain, mean + range.lowerBound, inverse + range.lowerBound, dy + start, dx + start, dGain,
          bias == nil ? nil : mine + width, range.count, width, adds ? 1 : 0)
      } else {
        dh_rms_norm_backward(
          values + start, gain, inverse + range.lowerBound, dy + start, dx + start, dGain, range.count, width,
          adds ? 1 : 0)
      }
    }
    if let gain = self.gain { add(sums, at: 0, to: gain, memory) }
    if let bias { add(sums, at: width, to: bias, memory) }
  }

  /// The sums of the blocks in their order.
  private func add(_ sums: UnsafePointer<Double>, at offset: Int, to target: Value, _ memory: Memory) {
    guard memory.wantsGradient(target) else { return }
    let (gradient, adds) = (memory.gradient(target), memory.adds(to: target))
    for column in 0..<width {
      var sum = adds ? Double(gradient[column]) : 0
      for block in 0..<blocks { sum += sums[block * 2 * width + offset + column] }
      gradient[column] = Float(sum)
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let x = reference[x]
    var (y, means, inverses) = (x, [Double](), [Double]())
    for row in 0..<rows {
      let values = x[row * width..<(row + 1) * width]
      let mean = self.mean == nil ? 0 : values.reduce(0, +) / Double(width)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      let inverse = 1 / (variance + epsilon).squareRoot()
      means.append(mean)
      inverses.append(inverse)
      for column in 0..<width {
        let normal = (x[row * width + column] - mean) * inverse
        y[row * width + column] =
          normal * (gain.map { reference[$0][column] } ?? 1) + (bias.map { reference[$0][column] } ?? 0)
      }
    }
    reference[output] = y
    reference[inverse] = inverses
    if let mean { reference[mean] = means }
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (x, dy, inverses) = (reference[x], reference[gradient: output], reference[inverse])
    let means = mean.map { reference[$0] }
    let gains = gain.map { reference[$0] }
    var dx = [Double](repeating: 0, count: x.count)
    var (dGain, dBias) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
    for row in 0..<rows {
      let (mean, inverse) = (means?[row] ?? 0, inverses[row])
      let normal = (0..<width).map { (x[row * width + $0] - mean) * inverse }
      let g = (0..<width).map { dy[row * width + $0] * (gains?[$0] ?? 1) }
      let meanG = means == nil ? 0 : g.reduce(0, +) / Double(width)
      let meanGX = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
      for column in 0..<width {
        dx[row * width + column] = inverse * (g[column] - meanG - normal[column] * meanGX)
        dGain[column] += dy[row * width + column] * normal[column]
        dBias[column] += dy[row * width + column]
      }
    }
    reference.add(dx, to: self.x)
    if let gain { reference.add(dGain, to: gain) }
    if let bias { reference.add(dBias, to: bias) }
  }
}
