import DownhillBase

/// The memory of a perturbation: the weights as they were, laid out once. Copied before a write when it is shared, as the
/// optimizer's is.
public final class PerturbationStorage<Scalar: WeightScalar>: @unchecked Sendable {
  /// What one worker does at a time.
  private struct Piece {
    let tensor: Int
    let offset: Int
    let count: Int
    /// Where the piece's weights are remembered.
    let place: Int
  }

  private let stage: OptimizerSpec.Stage<PerturbationEntry>
  private let kernel: PerturbationKernel<Scalar>
  private let pieces: [Piece]
  private let measures: AlignedMemory<PerturbationKernel<Scalar>.Measure>
  private let values: AlignedMemory<Double>
  private let slot: AlignedMemory<UInt64>
  private let saved: AlignedMemory<Scalar>
  /// Whether the weights stand away from where they belong.
  private(set) var isPerturbed = false

  init(_ stage: OptimizerSpec.Stage<PerturbationEntry>, shapes: [Shape]) {
    self.stage = stage
    kernel = Scalar.kernel(of: stage.entry)
    var (pieces, total) = ([Piece](), 0)
    let length = OptimizerStorage<Scalar>.pieceLength
    for (tensor, shape) in shapes.enumerated() {
      for offset in stride(from: 0, to: shape.count, by: length) {
        let count = min(length, shape.count - offset)
        pieces.append(Piece(tensor: tensor, offset: offset, count: count, place: total + offset))
      }
      // From a multiple of 64 bytes on.
      total += padded(shape.count)
    }
    self.pieces = pieces
    measures = AlignedMemory(count: pieces.count, repeating: .init())
    values = AlignedMemory(count: stage.values.count, repeating: 0)
    for (knob, value) in stage.values.enumerated() { values.start[knob] = value }
    slot = AlignedMemory(count: (kernel.slotSize + 7) / 8, repeating: 0)
    saved = AlignedMemory(count: total, repeating: 0)
  }

  init(copying other: PerturbationStorage) {
    stage = other.stage
    kernel = other.kernel
    pieces = other.pieces
    measures = AlignedMemory(copying: other.measures)
    values = AlignedMemory(copying: other.values)
    slot = AlignedMemory(copying: other.slot)
    saved = AlignedMemory(copying: other.saved)
    isPerturbed = other.isPerturbed
  }

  /// Moves the weights uphill: one pass for the norm over all tensors, where there is one, and one that moves.
  /// - Parameter step: How many steps were taken, for schedules.
  func perturb(_ tensors: UnsafePointer<TensorPointers<Scalar>>, at step: Int, _ loop: LoopBody) {
    for (knob, schedule) in stage.schedules { values.start[knob] = schedule.value(at: step) }
    let slot = UnsafeMutableRawPointer(slot.start)
    kernel.prepare(values.start, slot)
    var total = PerturbationKernel<Scalar>.Measure()
    if kernel.needsMeasure(slot) {
      loop.forEach(pieces.count) { index, _ in
        self.measures.start[index] = self.kernel.measure(slot, self.chunk(tensors, index))
      }
      // In the order of pieces, so that no bit depends on who ran what.
      for index in pieces.indices { total.add(measures.start[index]) }
    }
    let measure = total
    loop.forEach(pieces.count) { index, _ in self.kernel.move(slot, self.chunk(tensors, index), measure) }
    isPerturbed = true
  }

  /// Puts the weights back, to the bit.
  func restore(_ tensors: UnsafePointer<TensorPointers<Scalar>>, _ loop: LoopBody) {
    loop.forEach(pieces.count) { index, _ in
      let chunk = self.chunk(tensors, index)
      chunk.weights.update(from: chunk.saved, count: chunk.count)
    }
    isPerturbed = false
  }

  /// Forgets where the weights were.
  func forget() { isPerturbed = false }

  private func chunk(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ index: Int
  ) -> PerturbationKernel<Scalar>.Chunk {
    let piece = pieces[index]
    return .init(
      weights: tensors[piece.tensor].weights + piece.offset, gradient: tensors[piece.tensor].gradient + piece.offset,
      saved: saved.start + piece.place, count: piece.count)
  }
}
