import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// y = f(gain·(x − mean)/√(variance + ε) + bias + residual), each channel by its own mean and variance. Ioffe, Szegedy
  /// 2015, arXiv:1502.03167.
  ///
  /// In training these are the batch's, and the running ones move a tenth of the way to them (the variance's with n − 1
  /// in place of n); in evaluation they are the running ones. Norm, sum and activation are one pass over memory.
  /// - Parameters:
  ///   - x: [batch, channels, rows, columns].
  ///   - gain: [channels].
  ///   - bias: [channels].
  ///   - runningMean: A buffer, [channels].
  ///   - runningVariance: A buffer, [channels].
  ///   - residual: What is added before the activation; of x's shape.
  ///   - activation: f.
  ///   - epsilon: ε.
  ///   - momentum: How far the running statistics move.
  ///   - isFrozen: Whether the running statistics are used, and stay, in training too.
  public func batchNorm(
    _ x: Value, gain: Value, bias: Value, runningMean: Value, runningVariance: Value, residual: Value? = nil,
    activation: ActivationKind = .identity, epsilon: Double = 1e-5, momentum: Double = 0.1, isFrozen: Bool = false
  ) -> Value {
    let (x, residual) = (blocked(x), residual.map { blocked($0) })
    precondition(
      residual.map { shape(of: $0) == shape(of: x) } ?? true, "a residual is of the shape of what it is added to")
    let dimensions = shape(of: x).dimensions
    let output = make(shape(of: x), .blocked)
    let stored = Layout.blocks(of: dimensions[1]) * Layout.block
    append(
      BatchNorm(
        x: x, gain: gain, bias: bias, residual: residual, runningMean: runningMean, runningVariance: runningVariance,
        output: output, mean: make([stored]), inverse: make([stored]), activation: activation, images: dimensions[0],
        channels: dimensions[1], pixels: dimensions[2] * dimensions[3], epsilon: epsilon, momentum: momentum,
        isFrozen: isFrozen))
    return output
  }
}

struct BatchNorm: Operation {
  let x, gain, bias: Value
  let residual: Value?
  let runningMean, runningVariance: Value
  let output: Value
  /// The batch's, one a channel; the inverse deviation.
  let mean, inverse: Value
  let activation: ActivationKind
  let images, channels, pixels: Int
  let epsilon, momentum: Double
  let isFrozen: Bool

  var inputs: [Value] { [x, gain, bias] + (residual.map { [$0] } ?? []) }
  var outputs: [Value] { [output, mean, inverse] }
  var readsBackward: [Value] {
    [x, gain, mean, inverse]
      + (activation == .relu ? [output] : activation == .identity ? [] : [bias] + (residual.map { [$0] } ?? []))
  }
  /// Two sums in Double for each channel and each group of images; then four numbers a channel.
  var workspaceShared: Int { blocks * Layout.block * (groups * 4 + 4) }

  var blocks: Int { Layout.blocks(of: channels) }
  /// The images are cut into so many groups, whose sums are added in their order: by the shape alone.
  var groups: Int { min(images, 8) }
  var count: Double { Double(images * pixels) }

  /// Calls `body` for each block of channels in each group of images.
  func forEachPart(_ memory: Memory, _ body: (_ block: Int, _ images: Range<Int>, _ part: Int) -> Void) {
    memory.loop.forEach(blocks * groups) { part, _ in
      let (block, group) = (part / groups, part % groups)
      body(block, images * group / groups..<images * (group + 1) / groups, part)
    }
  }

  /// Where a plane of sixteen channels begins.
  func plane(_ image: Int, _ block: Int) -> Int { (image * blocks + block) * pixels * Layout.block }

  func sums(_ memory: Memory) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(memory.sharedWorkspace).assumingMemoryBound(to: Double.self)
  }

  /// Gain and bias with zeros behind the last channel, and room for two more vectors.
  private func vectors(_ memory: Memory) -> UnsafeMutablePointer<Float> {
    let stored = blocks * Layout.block
    let start = memory.sharedWorkspace + 4 * stored * groups
    start.update(repeating: 0, count: 4 * stored)
    start.update(from: memory(gain), count: channels)
    (start + stored).update(from: memory(bias), count: channels)
    return start
  }

  private func norm(_ memory: Memory, _ vectors: UnsafeMutablePointer<Float>, _ block: Int) -> dh_plane_norm {
    let (first, stored) = (block * Layout.block, blocks * Layout.block)
    return dh_plane_norm(
      kind: activation.kernel, mean: memory(mean) + first, inverse: memory(inverse) + first, gain: vectors + first,
      bias: vectors + stored + first)
  }

  func forward(_ memory: Memory) {
    let (x, y, residual) = (memory(x), memory(output), residual.map { UnsafePointer(memory($0)) })
    if memory.isTraining && !isFrozen { measure(x, memory) } else { recall(memory) }
    let vectors = vectors(memory)
    forEachPart(memory) { block, images, _ in
      let norm = norm(memory, vectors, block)
      for image in images {
        let start = plane(image, block)
        dh_plane_normalize(norm, x + start, residual.map { $0 + start }, y + start, pixels)
      }
    }
  }

  func backward(_ memory: Memory) {
    let (values, y, dy) = (memory(x), memory(output), memory.gradient(output))
    let (sums, width, vectors) = (sums(memory), Layout.block, vectors(memory))
    let added = residual.map { UnsafePointer(memory($0)) }
    let toResidual = residual.flatMap { memory.wantsGradient($0) ? memory.gradient($0) : nil }
    let addsResidual = residual.map { memory.adds(to: $0) } ?? false
    // Nobody reads the output's gradient after: it may become its own product with the slope.
    let dz = addsResidual ? dy : toResidual ?? dy
    forEachPart(memory) { block, images, part in
      let (norm, mine) = (norm(memory, vectors, block), sums + part * 2 * width)
      mine.update(repeating: 0, count: 2 * width)
      for image in images {
        let start = plane(image, block)
        dh_plane_norm_sums(
          norm, values + start, added.map { $0 + start }, y + start, dy + start, dz + start, pixels, mine)
        if let toResidual, addsResidual { dh_accumulate(toResidual + start, dz + start, 1, pixels * width) }
      }
    }
    addSums(sums, vectors, memory)
    guard memory.wantsGradient(x) else { return }
    let (dx, stored) = (memory.gradient(x), blocks * width)
    let adds = memory.adds(to: x) || toResidual == dx
    forEachPart(memory) { block, images, _ in
      let (norm, first) = (norm(memory, vectors, block), block * width)
      for image in images {
        let start = plane(image, block)
        dh_plane_norm_backward(
          norm, values + start, dz + start, vectors + 2 * stored + first, vectors + 3 * stored + first, dx + start,
          pixels, adds ? 1 : 0)
      }
    }
  }

  /// The gradients of gain and bias, and behind the vectors the means of dz and dz·x̂.
  private func addSums(
    _ sums: UnsafePointer<Double>, _ vectors: UnsafeMutablePointer<Float>, _ memory: Memory
  ) {
    let (width, stored) = (Layout.block, blocks * Layout.block)
    for channel in 0..<channels {
      var (sum, sumX) = (0.0, 0.0)
      for group in 0..<groups {
        let part = sums + (channel / width * groups + group) * 2 * width + channel % width
        sum += part[0]
        sumX += part[width]
      }
      // What does not follow from the batch passes nothing back.
      vectors[2 * stored + channel] = isFrozen ? 0 : Float(sum / count)
      vectors[3 * stored + channel] = isFrozen ? 0 : Float(sumX / count)
      if memory.wantsGradient(gain) {
        memory.gradient(gain)[channel] = Float(sumX) + (memory.adds(to: gain) ? memory.gradient(gain)[channel] : 0)
      }
      if memory.wantsGradient(bias) {
        memory.gradient(bias)[channel] = Float(sum) + (memory.adds(to: bias) ? memory.gradient(bias)[channel] : 0)
      }
    }
  }
}
