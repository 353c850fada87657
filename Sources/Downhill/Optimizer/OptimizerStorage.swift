import DownhillBase

/// An optimizer's memory: state, slots, scratch, and the plan of a step, all laid out once.
///
/// A class so that a step passes no arrays about; the optimizer copies it before a write when it is shared, hence no
/// two threads ever write the same.
public final class OptimizerStorage<Scalar: WeightScalar>: @unchecked Sendable {
  /// A fixed part of one tensor: what one worker does at a time.
  struct Piece {
    let tensor: Int
    let offset: Int
    let count: Int
  }

  /// How many weights a piece has: with its scratch it fits the first-level cache, and it outweighs a worker's call.
  static var pieceLength: Int { 4096 }

  let layout: StepLayout<Scalar>
  /// What does the products and decompositions of a matrix rule.
  let machine: MatrixMachine<Scalar>
  let shapes: [Shape]
  let pieces: [Piece]
  /// The number of weights before each tensor.
  let tensorStarts: [Int]
  let rows: RowPlan
  /// The pieces of each tensor.
  let piecesOfTensor: [Range<Int>]
  /// Where each tensor's state begins, by tensor.
  private(set) var parts: [PartPointers<Scalar>] = []
  /// The same of the wrappers: all tensors of the first wrapper, then those of the next.
  private(set) var wrapperParts: [PartPointers<Scalar>] = []
  private var partMemory: [PartMemory<Scalar>] = []

  /// The current value of every knob, wrappers' first, and the slots made from them.
  let values: AlignedMemory<Double>
  let slots: AlignedMemory<UInt64>
  /// A gradient and a direction of one piece for each worker.
  let scratch: AlignedMemory<Scalar>
  /// A whole tensor's direction, where a pass must end before it is applied.
  let directions: AlignedMemory<Scalar>
  /// A whole tensor's gradient, where wrappers change what a matrix rule sees.
  let gradients: AlignedMemory<Scalar>
  let workspace: AlignedMemory<UInt64>
  /// Who steps which tensor, by a matrix rule.
  let schedule: TensorSchedule
  let matrixScratch: MatrixScratch
  /// The sums of the pieces: per piece ‖w‖², ‖d‖², then one for each wrapper.
  let sums: AlignedMemory<Double>
  /// What each wrapper is given of each tensor's gradient.
  let gradientValues: AlignedMemory<Double>
  /// The same for the wrappers that measure rows, row by row.
  let rowValues: AlignedMemory<Double>
  /// A tensor's numbers in Double, by the position of their part.
  let numbers: AlignedMemory<Double>
  /// In what numbers state and weights are kept.
  let format: StorageFormat
  /// Each worker's strip of every part and of the weights, where those are kept in 16 bits.
  let expansion: AlignedMemory<Float>
  /// The kept parts that are kept in 16 bits, with their positions: without their names, which a strip has no time for.
  private(set) var packedMoments: [(place: Int, position: Int)] = []
  private var packedMemory: [PackedMemory] = []
  /// The weights of each tensor during a step, where they are of 16 bits.
  var packedWeights: [UnsafeMutablePointer<UInt16>] = []
  /// Room for the pointers of a step beside them; empty between steps.
  var packedTensors: [TensorPointers<Scalar>] = []
  let workerCount: Int
  var stepCount = 0
  /// The kept parts that wait for the weights of the next step.
  var partsAwaitingWeights: [Int] = []
  /// Whether the wrapper that scales weights has still to see those before its first step.
  var scalerAwaitsWeights = false
  /// The sum of the squares of the gradients of all groups, during a step beside other optimizers.
  var squaresOfAll: Double?
  /// How far each schedule that follows the loss has come, as `layout.plateaus` lists them.
  var plateaus: [Plateau.Progress]

  init(
    layout: StepLayout<Scalar>, shapes: [Shape], workerCount: Int, format: StorageFormat,
    machine: MatrixMachine<Scalar>
  ) {
    self.layout = layout
    self.machine = machine
    self.format = format
    self.shapes = shapes
    self.workerCount = workerCount
    (pieces, piecesOfTensor) = Self.cut(shapes)
    tensorStarts = shapes.indices.map { tensor in shapes[..<tensor].reduce(0) { $0 + $1.count } }
    rows = RowPlan(shapes, isWanted: layout.wrappers.contains { $0.needs.gradientScope == .rows })
    let largest = shapes.reduce(0) { max($0, $1.count) }
    values = AlignedMemory(count: layout.valueCount, repeating: 0)
    slots = AlignedMemory(count: layout.slotWords, repeating: 0)
    scratch = AlignedMemory(count: layout.usesScratch ? workerCount * 2 * Self.pieceLength : 0, repeating: 0)
    let words = layout.workspaceWords(for: shapes, on: machine)
    schedule = TensorSchedule(
      shapes, memory: words.map { 8 * $0 }, workerCount: workerCount,
      canPart: layout.isMatrixRule && layout.wrappers.isEmpty && format == .full)
    matrixScratch = MatrixScratch(schedule, shapes: shapes, words: words, workerCount: workerCount)
    directions = AlignedMemory(count: layout.usesDirections ? matrixScratch.directionCount : 0, repeating: 0)
    gradients = AlignedMemory(count: layout.usesGradients ? largest : 0, repeating: 0)
    workspace = AlignedMemory(count: matrixScratch.wordCount, repeating: 0)
    sums = AlignedMemory(count: pieces.count * layout.sumsPerPiece, repeating: 0)
    gradientValues = AlignedMemory(count: layout.wrappers.count * shapes.count, repeating: 1)
    rowValues = AlignedMemory(count: layout.wrappers.count * rows.count, repeating: 1)
    numbers = AlignedMemory(count: PartPointers<Scalar>.capacity, repeating: 0)
    plateaus = layout.plateaus.map { Plateau.Progress(value: $0.plateau.peak) }
    let streams = format == .full ? 0 : PartPointers<Scalar>.capacity + 1
    expansion = AlignedMemory(count: workerCount * streams * Self.expandedStride, repeating: 0)
    layout.writeValues(into: values.start)
    for shape in shapes {
      for part in layout.keptParts {
        let count = part.shape(shape)?.count ?? 0
        let isPacked = self.isPacked(part)
        partMemory.append(PartMemory(count: isPacked ? 0 : count, repeating: part.start.number))
        let packed = BFloat16(Float(part.start.number)).bitPattern
        packedMemory.append(PackedMemory(count: isPacked ? count : 0, repeating: packed))
      }
    }
    packedMoments = layout.keptParts.indices.filter { place in
      layout.keptParts[place].owner == .rule && isPacked(layout.keptParts[place])
    }.map { ($0, layout.keptParts[$0].position) }
    partsAwaitingWeights = layout.keptParts.indices.filter { layout.keptParts[$0].start == .weights }
    scalerAwaitsWeights = layout.weightScaler != nil
    connectParts()
  }

  /// Another layout for the same parameters, as before a first step.
  convenience init(layout: StepLayout<Scalar>, like other: OptimizerStorage) {
    self.init(
      layout: layout, shapes: other.shapes, workerCount: other.workerCount, format: other.format,
      machine: other.machine)
  }

  /// Another layout over the state of `other`: for knobs that change during a run. A part that was not kept before
  /// begins as in a first step.
  convenience init(layout: StepLayout<Scalar>, continuing other: OptimizerStorage) {
    self.init(layout: layout, like: other)
    stepCount = other.stepCount
    if layout.begin == other.layout.begin || layout.weightScaler.map({ $0 < layout.outerCount }) ?? true {
      scalerAwaitsWeights = other.scalerAwaitsWeights
    }
    continuePlateaus(of: other)
    for (place, part) in layout.keptParts.enumerated() {
      guard let old = other.layout.keptParts.firstIndex(where: { layout.continues($0, of: other.layout, as: part) })
      else { continue }
      if !other.partsAwaitingWeights.contains(old) { partsAwaitingWeights.removeAll { $0 == place } }
      for tensor in shapes.indices {
        let shape = part.shape(shapes[tensor])
        // A knob may set a factor's size: one of another size begins anew.
        guard other.layout.keptParts[old].shape(shapes[tensor]) == shape else { continue }
        let count = shape?.count ?? 0
        let values = other.values(ofPart: old, of: tensor, count: count)
        values.withUnsafeBufferPointer { values in
          if let start = values.baseAddress { set(part: place, of: tensor, to: start, count: count) }
        }
      }
    }
  }

  init(copying other: OptimizerStorage) {
    layout = other.layout
    machine = other.machine
    shapes = other.shapes
    pieces = other.pieces
    piecesOfTensor = other.piecesOfTensor
    tensorStarts = other.tensorStarts
    rows = other.rows
    values = AlignedMemory(copying: other.values)
    slots = AlignedMemory(copying: other.slots)
    scratch = AlignedMemory(count: other.scratch.count, repeating: 0)
    directions = AlignedMemory(count: other.directions.count, repeating: 0)
    gradients = AlignedMemory(count: other.gradients.count, repeating: 0)
    workspace = AlignedMemory(count: other.workspace.count, repeating: 0)
    schedule = other.schedule
    matrixScratch = other.matrixScratch
    sums = AlignedMemory(count: other.sums.count, repeating: 0)
    gradientValues = AlignedMemory(copying: other.gradientValues)
    rowValues = AlignedMemory(copying: other.rowValues)
    numbers = AlignedMemory(count: PartPointers<Scalar>.capacity, repeating: 0)
    format = other.format
    expansion = AlignedMemory(count: other.expansion.count, repeating: 0)
    packedMemory = other.packedMemory.map { PackedMemory(copying: $0) }
    packedWeights = other.packedWeights
    packedMoments = other.packedMoments
    workerCount = other.workerCount
    stepCount = other.stepCount
    partsAwaitingWeights = other.partsAwaitingWeights
    scalerAwaitsWeights = other.scalerAwaitsWeights
    plateaus = other.plateaus
    partMemory = other.partMemory.map { PartMemory(copying: $0) }
    connectParts()
  }

  private static func cut(_ shapes: [Shape]) -> ([Piece], [Range<Int>]) {
    var (pieces, ranges) = ([Piece](), [Range<Int>]())
    for (tensor, shape) in shapes.enumerated() {
      let first = pieces.count
      for offset in stride(from: 0, to: shape.count, by: pieceLength) {
        pieces.append(Piece(tensor: tensor, offset: offset, count: min(pieceLength, shape.count - offset)))
      }
      ranges.append(first..<pieces.count)
    }
    return (pieces, ranges)
  }

  /// Points each tensor's parts at their memory; one that is not kept at memory that nobody touches.
  private func connectParts() {
    parts = shapes.indices.map { connected(.rule, $0) }
    wrapperParts = layout.wrappers.indices.flatMap { wrapper in
      shapes.indices.map { connected(.wrapper(wrapper), $0) }
    }
  }

  private func connected(_ owner: StepLayout<Scalar>.Owner, _ tensor: Int) -> PartPointers<Scalar> {
    var pointers = PartPointers<Scalar>(all: scratch.start)
    for (place, part) in layout.keptParts.enumerated() where part.owner == owner {
      pointers[part.position] = self.part(place, of: tensor)
    }
    return pointers
  }

  /// Gradients gathered for the next step: kept beside each tensor's sum, so that saved states have it.
  var gatheredCount: Int {
    get { layout.gatheredPart.map { Int(part($0, of: 0).pointee.wide) } ?? 0 }
    set {
      guard let place = layout.gatheredPart else { return }
      for tensor in shapes.indices { part(place, of: tensor).pointee = Scalar(newValue) }
    }
  }

  /// The memory of a kept part, counted among the kept ones.
  func part(_ place: Int, of tensor: Int) -> UnsafeMutablePointer<Scalar> {
    partMemory[tensor * layout.keptParts.count + place].memory.start
  }
}

extension OptimizerStorage {
  /// The memory of a kept part that is kept in 16 bits.
  func packedPart(_ place: Int, of tensor: Int) -> UnsafeMutablePointer<UInt16> {
    packedMemory[tensor * layout.keptParts.count + place].memory.start
  }
}

/// Numbers of 16 bits of one tensor.
private final class PackedMemory: Sendable {
  let memory: AlignedMemory<UInt16>

  init(count: Int, repeating value: UInt16) { memory = AlignedMemory(count: count, repeating: value) }

  init(copying other: PackedMemory) { memory = AlignedMemory(copying: other.memory) }
}

/// One part of one tensor's state. An array cannot hold the memory itself, which is not copyable.
private final class PartMemory<Scalar: WeightScalar>: Sendable {
  let memory: AlignedMemory<Scalar>

  init(count: Int, repeating value: Double) {
    memory = AlignedMemory(count: count, repeating: Scalar(nearest: value))
  }

  init(copying other: PartMemory) { memory = AlignedMemory(copying: other.memory) }
}

extension PartStart {
  /// What the memory holds until the weights are known.
  fileprivate var number: Double {
    switch self {
    case .number(let value): value
    case .weights: 0
    }
  }
}
