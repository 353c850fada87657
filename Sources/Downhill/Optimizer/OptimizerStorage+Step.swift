import DownhillBase

/// One step: group (step count, schedules, global norm), then tensor by tensor (norms, scales), then piece by piece.
extension OptimizerStorage {
  func step(_ tensors: UnsafePointer<TensorPointers<Scalar>>, _ loop: LoopBody) {
    if let gatherer = layout.gatherer {
      if gatheredCount + 1 < gatherer.count {
        prepareWrappers(WrapperStep(step: stepCount + 1, call: stepCount * gatherer.count + gatheredCount + 1))
        gather(tensors, through: gatherer.wrapper + 1, loop)
        gatheredCount += 1
        return
      }
      gatheredCount = 0
    }
    stepCount += 1
    let terms = prepare()
    if !partsAwaitingWeights.isEmpty { takeWeights(tensors) }
    if scalerAwaitsWeights { showWeights(tensors) }
    measureGradients(tensors, through: layout.wrappers.count, loop)
    switch layout.rule.body {
    case .elementwise(let body):
      let measuring = body.measuring
      if let measuring, measuring.isTogether { measure(tensors, shapes.indices, measuring, loop) }
      if layout.scalesDirection || measuring?.isTogether == false || layout.weightScaler != nil {
        for tensor in shapes.indices { tensorStep(tensors, tensor, body, terms, loop) }
      } else {
        forEachPiece(0..<pieces.count, loop) { piece, worker in
          self.plainStep(tensors, piece, body, terms, worker)
        }
      }
    case .matrix(let body):
      matrixSteps(tensors, body, terms, loop)
    }
  }

  /// Evaluates the schedules and fills the slots.
  private func prepare() -> StepTerms {
    for scheduled in layout.schedules {
      let reached = scheduled.plateau.map { plateaus[$0].value }
      values.start[scheduled.value] =
        scheduled.schedule.value(at: stepCount - 1 - scheduled.begin, onPlateau: reached)
    }
    prepareWrappers(WrapperStep(step: stepCount, call: stepCount * (layout.gatherer?.count ?? 1)))
    return layout.rule.prepare(values.start + layout.ruleValueStart, stepCount - layout.ruleBegin, ruleSlot)
  }

  private func prepareWrappers(_ step: WrapperStep) {
    for wrapper in layout.wrappers {
      let own = WrapperStep(step: step.step - wrapper.begin, call: step.call - wrapper.begin)
      wrapper.kernel.prepare(values.start + wrapper.valueStart, own, slot(at: wrapper.slotStart))
    }
  }

  /// Copies the weights, before they move for the first time, to the parts that begin with them.
  private func takeWeights(_ tensors: UnsafePointer<TensorPointers<Scalar>>) {
    for tensor in shapes.indices {
      for place in partsAwaitingWeights {
        part(place, of: tensor).update(from: tensors[tensor].weights, count: shapes[tensor].count)
      }
    }
    partsAwaitingWeights.removeAll(keepingCapacity: true)
  }

  /// Shows the wrapper that scales them the norms of the matrices before they move for the first time.
  private func showWeights(_ tensors: UnsafePointer<TensorPointers<Scalar>>) {
    scalerAwaitsWeights = false
    guard let scaler = layout.weightScaler else { return }
    let wrapper = layout.wrappers[scaler]
    for tensor in shapes.indices where shapes[tensor].isMatrix {
      let squares = sumOfSquares(UnsafePointer(tensors[tensor].weights), shapes[tensor].count)
      wrapper.kernel.begin(slot(at: wrapper.slotStart), squares, wrapperParts[scaler * shapes.count + tensor])
    }
  }

  func slot(at word: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(slots.start + word) }
  var ruleSlot: UnsafeMutableRawPointer { slot(at: layout.ruleSlotStart) }

  /// A single piece is run where it is, without a word to the workers.
  func forEachPiece(_ range: Range<Int>, _ loop: LoopBody, _ body: (_ piece: Int, _ worker: Int) -> Void) {
    if range.count == 1 {
      body(range.lowerBound, 0)
    } else {
      loop.forEach(range.count) { index, worker in body(range.lowerBound + index, worker) }
    }
  }

  /// Sums of the pieces, in their order.
  func total(of range: Range<Int>, at place: (Int) -> Int) -> Double {
    var total = 0.0
    for index in range { total += sums.start[place(index)] }
    return total
  }

  // MARK: Elementwise rules

  /// A piece in strips where wrappers go over it beside the rule: so short that the next is fetched from memory meanwhile.
  func forEachStrip(_ piece: Piece, _ body: (Piece) -> Void) {
    let length = isPacked ? Self.packedStripLength : layout.wrappers.isEmpty ? piece.count : Self.stripLength
    for start in stride(from: 0, to: piece.count, by: max(length, 1)) {
      body(Piece(tensor: piece.tensor, offset: piece.offset + start, count: min(length, piece.count - start)))
    }
  }

  /// With 512 weights `clip:value=1/sgd` takes 1.15 of the limit, with a whole piece 1.7.
  private static var stripLength: Int { 512 }

  func clearSums(of index: Int) {
    guard layout.changesDirection || layout.scalesDirection || layout.weightScaler != nil else { return }
    for place in index * layout.sumsPerPiece..<(index + 1) * layout.sumsPerPiece { sums.start[place] = 0 }
  }

  /// What a kernel sees of a piece: its own memory, or the worker's where that is of 16 bits.
  private func chunk(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ piece: Piece, gradient: UnsafePointer<Scalar>, _ worker: Int
  ) -> Chunk<Scalar> {
    if isPacked { return expanded(tensors, piece, gradient: gradient, worker) }
    return Chunk(
      weights: tensors[piece.tensor].weights + piece.offset, gradient: gradient,
      parts: parts[piece.tensor].advanced(by: piece.offset), count: piece.count)
  }

  /// A tensor by itself, where something is measured of it before, after, or both.
  private func tensorStep(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ tensor: Int, _ body: ElementwiseBody<Scalar>,
    _ terms: StepTerms, _ loop: LoopBody
  ) {
    if let measuring = body.measuring, !measuring.isTogether {
      measure(tensors, tensor..<tensor + 1, measuring, loop)
    }
    if layout.scalesDirection {
      scaledStep(tensors, tensor, body, terms, loop)
    } else {
      forEachPiece(piecesOfTensor[tensor], loop) { piece, worker in
        self.plainStep(tensors, piece, body, terms, worker)
      }
    }
    scaleWeights(tensors, tensor, loop)
  }

  /// The sums that a rule wants of one tensor or of all before its step; the slot then holds their constants.
  private func measure(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ range: Range<Int>, _ body: MeasuringBody<Scalar>,
    _ loop: LoopBody
  ) {
    guard !range.isEmpty else { return }
    for place in layout.keptParts.indices where layout.keptParts[place].isNumberOfRule {
      numbers.start[layout.keptParts[place].position] = part(place, of: range.lowerBound).pointee.wide
    }
    var sums = MeasuredSums(first: 0, second: 0)
    if body.streams > 0 {
      body.begin(ruleSlot, stepCount - layout.ruleBegin, numbers.start)
      let measured = piecesOfTensor[range.lowerBound].lowerBound..<piecesOfTensor[range.upperBound - 1].upperBound
      let perPiece = layout.sumsPerPiece
      forEachPiece(measured, loop) { index, worker in
        let piece = self.pieces[index]
        let gradient = self.gradient(tensors, piece, through: self.layout.wrappers.count, worker, remembers: false)
        body.measure(
          self.ruleSlot, self.chunk(tensors, piece, gradient: gradient, worker), self.sums.start + index * perPiece)
      }
      sums = MeasuredSums(
        first: total(of: measured) { $0 * perPiece }, second: total(of: measured) { $0 * perPiece + 1 })
    }
    body.prepare(ruleSlot, stepCount - layout.ruleBegin, sums, numbers.start)
    for place in layout.keptParts.indices where layout.keptParts[place].isNumberOfRule {
      let number = Scalar(nearest: numbers.start[layout.keptParts[place].position])
      for tensor in range { part(place, of: tensor).pointee = number }
    }
  }

  /// A piece in one pass: fused, or by way of a direction in the worker's scratch that wrappers change.
  private func plainStep(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ index: Int, _ body: ElementwiseBody<Scalar>,
    _ terms: StepTerms, _ worker: Int
  ) {
    clearSums(of: index)
    forEachStrip(pieces[index]) { strip in
      let gradient = gradient(tensors, strip, through: layout.wrappers.count, worker, remembers: true)
      let chunk = chunk(tensors, strip, gradient: gradient, worker)
      defer { if isPacked { pack(strip, worker) } }
      guard layout.changesDirection else {
        body.step(ruleSlot, chunk, terms)
        behindStep(chunk.weights, strip, sumsOf: index)
        return
      }
      let direction = scratch.start + (worker * 2 + 1) * Self.pieceLength
      body.direction(ruleSlot, chunk, terms, direction, nil)
      change(direction, gradient, strip.count, sumsOf: index)
      apply(direction, to: chunk.weights, strip.count, terms, masksDecay: layout.masksDecay)
      behindStep(chunk.weights, strip, sumsOf: index)
    }
  }

  /// Two passes over a tensor: its direction with what is measured of it, then the application with the factor.
  private func scaledStep(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ tensor: Int, _ body: ElementwiseBody<Scalar>,
    _ terms: StepTerms, _ loop: LoopBody
  ) {
    forEachPiece(piecesOfTensor[tensor], loop) { index, worker in
      let sums = self.sums.start + index * self.layout.sumsPerPiece
      self.clearSums(of: index)
      self.forEachStrip(self.pieces[index]) { strip in
        let gradient = self.gradient(tensors, strip, through: self.layout.wrappers.count, worker, remembers: true)
        let chunk = self.chunk(tensors, strip, gradient: gradient, worker)
        let direction = self.directions.start + strip.offset
        body.direction(self.ruleSlot, chunk, terms, direction, body.tensorScale == nil ? nil : sums)
        if self.isPacked { self.pack(strip, worker) }
        self.change(direction, gradient, strip.count, sumsOf: index)
      }
    }
    var factor = directionFactor(of: tensor)
    if let tensorScale = body.tensorScale {
      let perPiece = layout.sumsPerPiece
      let weights = total(of: piecesOfTensor[tensor]) { $0 * perPiece }.squareRoot()
      let direction = total(of: piecesOfTensor[tensor]) { $0 * perPiece + 1 }.squareRoot()
      factor *= tensorScale(ruleSlot, weights, direction)
    }
    applyDirection(tensors, tensor, directions.start, terms, factor: factor, loop)
  }

  // MARK: Directions

  /// Runs the wrappers over a piece of direction, from the innermost outwards, and adds up what they measure.
  func change(
    _ direction: UnsafeMutablePointer<Scalar>, _ gradient: UnsafePointer<Scalar>, _ count: Int, sumsOf index: Int
  ) {
    let sums = sums.start + index * layout.sumsPerPiece + 2
    for place in layout.wrappers.indices.reversed() where layout.wrappers[place].needs.changesDirection {
      let slot = slot(at: layout.wrappers[place].slotStart)
      sums[place] += layout.wrappers[place].kernel.direction(slot, direction, gradient, count)
    }
  }

  /// The product of the wrappers' factors on a tensor's direction.
  func directionFactor(of tensor: Int) -> Double {
    var factor = 1.0
    for place in layout.wrappers.indices where layout.wrappers[place].needs.scalesDirection {
      let wrapper = layout.wrappers[place]
      let perPiece = layout.sumsPerPiece
      let squares = total(of: piecesOfTensor[tensor]) { $0 * perPiece + 2 + place }
      factor *= wrapper.kernel.directionFactor(slot(at: wrapper.slotStart), squares, shapes[tensor].count)
    }
    return factor
  }

  func applyDirection(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ tensor: Int, _ directions: UnsafePointer<Scalar>,
    _ terms: StepTerms, factor: Double, _ loop: LoopBody
  ) {
    var scaled = terms
    // A direction next to nothing may ask for a factor that its numbers cannot hold; ∞ · 0 would be no number.
    scaled.rate = min(scaled.rate * factor, Scalar.greatestFiniteMagnitude.wide)
    forEachPiece(piecesOfTensor[tensor], loop) { index, _ in
      self.forEachStrip(self.pieces[index]) { strip in
        let weights = tensors[tensor].weights + strip.offset
        apply(
          directions + strip.offset, to: weights, strip.count, scaled, masksDecay: self.layout.masksDecay)
        self.behindStep(weights, strip, sumsOf: index)
      }
    }
  }

  // MARK: Weights

  /// Runs the wrappers that look at weights over a strip that has just been moved: those inside of the one that scales a
  /// tensor, which then sums up for that.
  private func behindStep(_ weights: UnsafeMutablePointer<Scalar>, _ strip: Piece, sumsOf index: Int) {
    guard layout.changesWeights || layout.weightScaler != nil else { return }
    let scaler = layout.weightScaler
    changeWeights(weights, strip, (scaler.map { $0 + 1 } ?? 0)..<layout.wrappers.count)
    if let scaler {
      sums.start[index * layout.sumsPerPiece + 2 + scaler] += sumOfSquares(UnsafePointer(weights), strip.count)
    }
  }

  private func changeWeights(_ weights: UnsafeMutablePointer<Scalar>, _ strip: Piece, _ wrappers: Range<Int>) {
    for place in wrappers.reversed() where layout.wrappers[place].needs.changesWeights {
      let parts = wrapperParts[place * shapes.count + strip.tensor].advanced(by: strip.offset)
      let slot = slot(at: layout.wrappers[place].slotStart)
      layout.wrappers[place].kernel.weights(slot, weights, parts, strip.count)
    }
  }

  /// The factor of a matrix from its norm behind the step, and then the wrappers further out.
  func scaleWeights(_ tensors: UnsafePointer<TensorPointers<Scalar>>, _ tensor: Int, _ loop: LoopBody) {
    guard let scaler = layout.weightScaler else { return }
    let (wrapper, perPiece) = (layout.wrappers[scaler], layout.sumsPerPiece)
    var factor = 1.0
    if shapes[tensor].isMatrix {
      let squares = total(of: piecesOfTensor[tensor]) { $0 * perPiece + 2 + scaler }
      let parts = wrapperParts[scaler * shapes.count + tensor]
      factor = wrapper.kernel.weightFactor(slot(at: wrapper.slotStart), squares, shapes[tensor].count, parts)
    }
    guard factor != 1 || scaler > 0 else { return }
    forEachPiece(piecesOfTensor[tensor], loop) { index, _ in
      self.forEachStrip(self.pieces[index]) { strip in
        let weights = tensors[tensor].weights + strip.offset
        if factor != 1 {
          var scaling = Scaling(values: weights, factor: factor)
          scaling.run(below: strip.count)
        }
        self.changeWeights(weights, strip, 0..<scaler)
      }
    }
  }
}

/// w ← w − rate · d over a piece, with decay.
private func apply<Scalar: WeightScalar>(
  _ direction: UnsafePointer<Scalar>, to weights: UnsafeMutablePointer<Scalar>, _ count: Int, _ terms: StepTerms,
  masksDecay: Bool
) {
  if masksDecay && (terms.before != 1 || terms.after != 1) {
    var application = MaskedApplication(direction: direction, weights: weights, terms: terms)
    application.run(below: count)
  } else {
    var application = Application(direction: direction, weights: weights, terms: terms)
    application.run(below: count)
  }
}

private struct Application<Scalar: WeightScalar>: LaneOperation {
  let direction: UnsafePointer<Scalar>
  let weights: UnsafeMutablePointer<Scalar>
  let terms: StepTerms

  @inline(__always)
  mutating func run<L: Lane>(_: L.Type, at place: Int) where L.Scalar == Scalar {
    terms.apply(L(from: direction + place), to: L(from: weights + place)).write(to: weights + place)
  }
}

/// The same, decay only where d · w ≥ 0: where the step shrinks the weight too.
private struct MaskedApplication<Scalar: WeightScalar>: LaneOperation {
  let direction: UnsafePointer<Scalar>
  let weights: UnsafeMutablePointer<Scalar>
  let terms: StepTerms

  @inline(__always)
  mutating func run<L: Lane>(_: L.Type, at place: Int) where L.Scalar == Scalar {
    let (d, w) = (L(from: direction + place), L(from: weights + place))
    // Signs are multiplied, not numbers: the product of two small ones would underflow.
    let agrees = sign(d) * sign(w) .>= L(0.0)
    L.choose(agrees, terms.apply(d, to: w), w - terms.rate * d).write(to: weights + place)
  }
}

private struct Scaling<Scalar: WeightScalar>: LaneOperation {
  let values: UnsafeMutablePointer<Scalar>
  let factor: Double

  @inline(__always)
  mutating func run<L: Lane>(_: L.Type, at place: Int) where L.Scalar == Scalar {
    (factor * L(from: values + place)).write(to: values + place)
  }
}
