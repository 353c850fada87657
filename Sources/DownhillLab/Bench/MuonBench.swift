import Downhill
import DownhillBase
import DownhillKernels
public import DownhillMatrix

/// Times whole Muon steps over some matrices, and their orthogonaliser by itself.
public struct MuonBench: Sendable {
  public var shapes: MatrixShapes
  public var orthogonalizer: Orthogonalizer
  public var rounds: Int
  public var threads: Int

  public init(shapes: MatrixShapes, orthogonalizer: Orthogonalizer, rounds: Int, threads: Int? = nil) {
    self.shapes = shapes
    self.orthogonalizer = orthogonalizer
    self.rounds = rounds
    self.threads = threads ?? TeamLoop().workerCount
  }

  /// What was measured of one shape, or of all together.
  public struct Row: Sendable {
    /// The median of the rounds.
    public let milliseconds: Double
    /// The floating-point operations of the products.
    public let flops: Double
    /// ‖O − p(X)‖ / ‖p(X)‖ beside the polynomial in Double, the worst over inputs and shapes.
    public let rmsError: Double
    /// What decides about the bits of each shape.
    public let choices: [String]

    func fraction(of peak: Double) -> Double { flops / (milliseconds * 1e-3 * peak) }
  }

  private var loop: TeamLoop { TeamLoop(workerCount: threads) }

  /// The most operations a second that this machine does in these numbers.
  public func peakFlops() -> Double {
    PeakRate.measure(usesBFloat16: orthogonalizer.precision == .bfloat16, on: loop)
  }

  /// One step over all matrices: momentum, orthogonaliser, decay and application.
  /// - Throws: `SpecError` for an orthogonaliser that Muon does not take.
  public func step() throws -> Row {
    let rule = Muon(learningRate: 1e-3, orthogonalizer: orthogonalizer)
    var parameters = [Parameter]()
    for (index, entry) in shapes.entries.enumerated() {
      for copy in 0..<entry.count { parameters.append(Parameter("\(index).\(copy)", [entry.rows, entry.columns])) }
    }
    var optimizer = Optimizer<Float>(try OptimizerSpec(rule), for: parameters, on: loop, with: .accelerated)
    let count = parameters.reduce(0) { $0 + $1.shape.count }
    let weights = Self.gaussian(count, seed: 1)
    let gradients = Self.gaussian(count, seed: 2)
    var tensors = [TensorPointers<Float>]()
    var place = 0
    for parameter in parameters {
      tensors.append(
        TensorPointers(weights: weights.start + place, gradient: UnsafePointer(gradients.start + place)))
      place += parameter.shape.count
    }
    let times = timed { tensors.withUnsafeBufferPointer { optimizer.update($0) } }
    return row(of: shapes.entries, milliseconds: times)
  }

  /// The orthogonaliser alone over the matrices of one shape.
  public func orthogonalization(of entry: MatrixShapes.Entry) -> Row {
    let stack = MatrixStack(count: entry.count, rows: entry.rows, columns: entry.columns)
    let machine = MatrixMachine<Float>.accelerated
    let workspace = AlignedMemory<Double>(
      count: orthogonalizer.workspaceSize(for: stack, on: machine) / 8 + 8, repeating: 0)
    let x = Self.gaussian(entry.count * entry.rows * entry.columns, seed: 1)
    let output = AlignedMemory<Float>(count: x.count, repeating: 0)
    let body = LoopBody(loop)
    let times = timed {
      orthogonalizer.orthogonalize(
        stack, from: UnsafePointer(x.start), into: output.start, workspace: UnsafeMutableRawPointer(workspace.start),
        on: machine, body)
    }
    return row(of: [entry], milliseconds: times)
  }

  /// The median after a warm-up of some runs and a twentieth of a second, while libraries' threads go to sleep; a round of
  /// short runs is a millisecond of them.
  private func timed(_ body: () -> Void) -> Double {
    var (warm, count) = (0.0, 0)
    while warm < 50 || count < 3 {
      warm += milliseconds(body)
      count += 1
    }
    let repeats = max(1, Int(Double(count) / warm))
    let times = (0..<rounds).map { _ in milliseconds { for _ in 0..<repeats { body() } } / Double(repeats) }
    return median(times)
  }

  private func row(of entries: [MatrixShapes.Entry], milliseconds: Double) -> Row {
    var (flops, error, choices) = (0.0, 0.0, [String]())
    var known = [[Int]: Double]()
    for entry in entries {
      let stack = MatrixStack(count: entry.count, rows: entry.rows, columns: entry.columns)
      if let iteration = orthogonalizer.iteration {
        flops += iteration.operationCount(of: stack)
        choices.append(iteration.choice(for: stack, on: MatrixMachine<Float>.accelerated))
      }
      let shape = [entry.rows, entry.columns]
      let found =
        known[shape]
        ?? OrthogonalizerError(orthogonalizer: orthogonalizer, loop: LoopBody(loop))
        .worst(rows: entry.rows, columns: entry.columns)
      known[shape] = found
      error = max(error, found)
    }
    return Row(milliseconds: milliseconds, flops: flops, rmsError: error, choices: choices)
  }

  private static func gaussian(_ count: Int, seed: UInt64) -> AlignedMemory<Float> {
    let memory = AlignedMemory<Float>(count: count, repeating: 0)
    let random = CounterRandom(seed: seed)
    // A million numbers, repeated: drawing all takes longer than the measurement.
    let period = min(count, 1 << 20)
    for index in 0..<period { memory.start[index] = Float(random.normal(at: UInt64(index))) }
    for index in period..<count { memory.start[index] = memory.start[index - period] }
    return memory
  }
}
