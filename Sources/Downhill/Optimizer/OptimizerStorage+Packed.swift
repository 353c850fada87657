import DownhillBase

/// Steps over numbers of 16 bits: a strip is expanded into the worker's own memory, stepped there, and packed again.
extension OptimizerStorage {
  var isPacked: Bool { format != .full }

  /// Whether a kept part is kept in 16 bits.
  func isPacked(_ part: StepLayout<Scalar>.KeptPart) -> Bool {
    part.owner == .driver || format.moments == .bfloat16 && part.owner == .rule && part.extent == .weight
  }

  /// A strip of a tensor, expanded.
  func expanded(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ strip: Piece, gradient: UnsafePointer<Scalar>, _ worker: Int
  ) -> Chunk<Scalar> {
    var pointers = parts[strip.tensor].advanced(by: strip.offset)
    for (place, position) in packedMoments {
      let target = stripMemory(position, worker)
      Packing.expand(packedPart(place, of: strip.tensor) + strip.offset, into: target, count: strip.count)
      pointers[position] = rebound(target)
    }
    var weights = tensors[strip.tensor].weights + strip.offset
    if format.weights != .full {
      let target = stripMemory(PartPointers<Scalar>.capacity, worker)
      let source = packedWeights[strip.tensor] + strip.offset
      if let companion = layout.companionPart {
        Packing.join(
          source, packedPart(companion, of: strip.tensor) + strip.offset, into: target, count: strip.count)
      } else {
        Packing.expand(source, into: target, count: strip.count)
      }
      weights = rebound(target)
    }
    return Chunk(weights: weights, gradient: gradient, parts: pointers, count: strip.count)
  }

  /// Packs the state of a strip again, and its weights.
  func pack(_ strip: Piece, _ worker: Int) {
    let index = tensorStarts[strip.tensor] + strip.offset
    for (place, position) in packedMoments {
      Packing.round(
        stripMemory(position, worker), into: packedPart(place, of: strip.tensor) + strip.offset, count: strip.count,
        index: index, seed: Packing.seed(step: stepCount, stream: position + 1))
    }
    let weights = stripMemory(PartPointers<Scalar>.capacity, worker)
    guard format.weights != .full else { return }
    let target = packedWeights[strip.tensor] + strip.offset
    if let companion = layout.companionPart {
      Packing.split(
        weights, target, packedPart(companion, of: strip.tensor) + strip.offset, count: strip.count)
    } else {
      Packing.round(
        weights, into: target, count: strip.count, index: index, seed: Packing.seed(step: stepCount, stream: 0))
    }
  }

  /// Makes room for where the weights lie, once.
  func reservePackedWeights() {
    guard packedWeights.count != shapes.count else { return }
    packedWeights = Array(repeating: expansionWords, count: shapes.count)
    packedTensors.reserveCapacity(shapes.count)
  }

  private var expansionWords: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(expansion.start).assumingMemoryBound(to: UInt16.self)
  }

  /// The numbers of a kept part of one tensor.
  func values(ofPart place: Int, of tensor: Int, count: Int) -> [Scalar] {
    guard isPacked(layout.keptParts[place]) else {
      return Array(UnsafeBufferPointer(start: part(place, of: tensor), count: count))
    }
    let source = packedPart(place, of: tensor)
    if place == layout.companionPart { return (0..<count).map { Scalar(nearest: Double(source[$0])) } }
    return (0..<count).map { Scalar(nearest: Double(BFloat16(bitPattern: source[$0]).wide)) }
  }

  /// Puts numbers into a kept part of one tensor: to the nearest where it is kept in 16 bits, which those of a saved state
  /// need no rounding to.
  func set(part place: Int, of tensor: Int, to values: UnsafePointer<Scalar>, count: Int) {
    guard isPacked(layout.keptParts[place]) else {
      part(place, of: tensor).update(from: values, count: count)
      return
    }
    let target = packedPart(place, of: tensor)
    for index in 0..<count {
      let value = values[index].wide
      target[index] =
        place == layout.companionPart ? UInt16(exactly: value) ?? 0 : BFloat16(Float(value)).bitPattern
    }
  }

  /// Between the strips of two streams: more than their length, or all would begin at one place of a page, and loads would
  /// wait for stores that only look the same.
  static var expandedStride: Int { packedStripLength + 80 }

  /// With 256 weights AdamW takes 1.25 of its time in `Float`, with 512 1.4, with 2048 1.8.
  static var packedStripLength: Int { 256 }

  /// A worker's memory for a strip of one stream. Formats of 16 bits are for `Float` alone, as the initializers have it.
  private func stripMemory(_ stream: Int, _ worker: Int) -> UnsafeMutablePointer<Float> {
    expansion.start + (worker * (PartPointers<Scalar>.capacity + 1) + stream) * Self.expandedStride
  }

  private func rebound(_ pointer: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Scalar> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Scalar.self)
  }
}
