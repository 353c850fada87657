import DownhillBase

/// The step of a matrix rule, tensor by tensor: on all workers together, or each on a worker of its own.
extension OptimizerStorage {
  func matrixSteps(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ body: MatrixBody<Scalar>, _ terms: StepTerms, _ loop: LoopBody
  ) {
    for tensor in schedule.together {
      matrixStep(tensors, tensor, body, terms, loop, worker: 0)
      scaleWeights(tensors, tensor, loop)
    }
    if schedule.apart.isEmpty { return }
    loop.forEach(schedule.apart.count) { index, worker in
      self.matrixStep(tensors, self.schedule.apart[index], body, terms, .serial, worker: worker)
    }
  }

  /// Each worker that steps a tensor by itself has scratch memory behind that of the first, which holds any tensor.
  private func place(of worker: Int, first: Int, others: Int) -> Int { worker == 0 ? 0 : first + (worker - 1) * others }

  private func matrixStep(
    _ tensors: UnsafePointer<TensorPointers<Scalar>>, _ tensor: Int, _ body: MatrixBody<Scalar>, _ terms: StepTerms,
    _ loop: LoopBody, worker: Int
  ) {
    guard shapes[tensor].count > 0 else { return }
    let directions =
      directions.start
      + place(of: worker, first: matrixScratch.directions.first, others: matrixScratch.directions.others)
    let workspace =
      workspace.start + place(of: worker, first: matrixScratch.words.first, others: matrixScratch.words.others)
    var gradient = tensors[tensor].gradient
    if layout.usesGradients {
      forEachPiece(piecesOfTensor[tensor], loop) { index, _ in
        let piece = self.pieces[index]
        let target = self.gradients.start + piece.offset
        self.change(
          tensors[tensor].gradient + piece.offset, into: target, piece, through: self.layout.wrappers.count,
          remembers: true)
      }
      gradient = UnsafePointer(gradients.start)
    }
    let whole = Chunk(
      weights: tensors[tensor].weights, gradient: gradient, parts: parts[tensor], count: shapes[tensor].count)
    body.direction(
      ruleSlot, stepCount - layout.ruleBegin, whole,
      MatrixPlace(tensor: tensor, shape: shapes[tensor], machine: machine, loop: loop), directions,
      UnsafeMutableRawPointer(workspace))
    if layout.changesDirection || layout.scalesDirection || layout.weightScaler != nil {
      forEachPiece(piecesOfTensor[tensor], loop) { index, _ in
        let piece = self.pieces[index]
        self.clearSums(of: index)
        self.change(directions + piece.offset, gradient + piece.offset, piece.count, sumsOf: index)
      }
    }
    applyDirection(tensors, tensor, directions, terms, factor: directionFactor(of: tensor), loop)
  }
}

/// How much scratch memory matrix steps take: what any tensor needs, and what each further worker's tensors do.
struct MatrixScratch: Sendable {
  typealias Lengths = (first: Int, others: Int)

  /// In numbers.
  let directions: Lengths
  /// In words of 64 bits.
  let words: Lengths
  let workerCount: Int

  init(_ schedule: TensorSchedule, shapes: [Shape], words: [Int], workerCount: Int) {
    self.workerCount = schedule.apart.isEmpty ? 1 : workerCount
    // Whole cache lines, so that no two workers write to one.
    func lengths(_ counts: [Int]) -> Lengths {
      func largest(_ tensors: some Sequence<Int>) -> Int { padded(tensors.reduce(0) { max($0, counts[$1]) }) }
      return (largest(counts.indices), largest(schedule.apart))
    }
    directions = lengths(shapes.map { $0.count })
    self.words = lengths(words)
  }

  var directionCount: Int { directions.first + (workerCount - 1) * directions.others }
  var wordCount: Int { words.first + (workerCount - 1) * words.others }
}
