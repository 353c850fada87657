import Downhill
import DownhillBase
import DownhillKernels
import DownhillMatrix
public import DownhillNN

/// Times whole training steps of a model on numbers that are drawn once: forward, backward, optimizer.
public struct TrainBench: Sendable {
  /// As it was asked for.
  public let model: String
  private let network: any Model
  /// What moves the parameters, in the groups that a run of the rule has.
  let plan: OptimizerPlan
  /// Sequences, images or rows a step.
  public let batch: Int
  public let threads: Int
  /// In what numbers products were asked for.
  public let precision: ProductPrecision
  /// How long steps are timed; five at least.
  public let seconds: Double

  /// Steps before the first that is timed, as `Benchmarks/train_peer.py` takes them.
  private static let warmup = 5
  private static let fewest = 5

  /// - Parameters:
  ///   - model: A spec of the model catalogue.
  ///   - optimizer: A spec; by default AdamW for tokens, SGD with momentum for others. A rule that takes matrices alone
  ///     gets those that it has in a run, AdamW the rest.
  ///   - batch: Sequences, images or rows a step; by default 12 (4 for `gpt-bench`), 64, 64.
  ///   - precision: In what numbers products are; by default what the spec says.
  ///   - threads: By default one a core.
  ///   - seconds: How long steps are timed.
  /// - Throws: `SpecError` for a spec, `CommandFailure` of kind usage for a rule that cannot train so.
  public init(
    model: String, optimizer: String? = nil, batch: Int? = nil, precision: ProductPrecision? = nil, threads: Int? = nil,
    seconds: Double = 5
  ) throws {
    var (entry, values) = try ModelEntry.parse(model, among: ModelCatalogue.standard.entries, kind: "model")
    if let conflict = entry.conflict(values) { throw SpecError("\(model): \(conflict)") }
    if let precision { values = entry.values(values, in: precision) }
    self.model = model
    self.precision = entry.precision(of: values)
    network = entry.make(values)
    let readsTokens = network.input.isOfTokens
    self.batch = batch ?? (readsTokens ? (entry.name.description == "gpt-bench" ? 4 : 12) : 64)
    self.threads = threads ?? TeamLoop().workerCount
    self.seconds = seconds
    plan = try Self.plan(optimizer ?? (readsTokens ? "adamw:lr=1e-3" : "sgd:lr=0.01,momentum=0.9"), network)
  }

  private static func plan(_ optimizer: String, _ network: any Model) throws -> OptimizerPlan {
    let tape = Tape()
    _ = ModelLoss(network, on: tape, reading: network.input.shape(batch: 1))
    var configuration = TrainConfiguration()
    (configuration.optimizer, configuration.rest) = (optimizer, "adamw:lr=1e-3")
    guard let plan = try TrainPlan(configuration, for: tape.parameters).plan else {
      throw CommandFailure.usage("\(optimizer) takes a second gradient; bench train times a step with one")
    }
    return plan
  }

  /// In what numbers products are on this CPU.
  var computedIn: ProductPrecision { precision.computed }

  /// What was measured.
  public struct Row: Sendable {
    /// The median of the timed steps.
    public let milliseconds: Double
    /// The median of the optimizer's part of them.
    public let optimizerMilliseconds: Double
    public let steps: Int
    /// Tokens, images or rows a second.
    public let itemsPerSecond: Double
    public let itemName: String
    public let parameters: Int
    /// The most memory that the whole process has had.
    public let peakMemoryBytes: Int
    /// Of the products of a step, as their definition counts them.
    public let flops: Double
    /// What the processor does at most in numbers of that precision.
    public let peakFlops: Double
    /// Of the step that was timed last.
    public let loss: Double
    /// What the operations took, where that was asked for.
    public let profile: ProfileTable?
  }

  /// Trains for a while.
  /// - Parameter profiles: Whether the time of each operation is taken too.
  public func run(profiles: Bool = false) -> Row {
    let loop = TeamLoop(workerCount: threads)
    loop.setLibraryThreads()
    let network = BenchNetwork(network, batch: batch, on: loop)
    var optimizer = GroupedOptimizer<Float>(plan, for: network.parameters, on: loop, with: .accelerated)
    var (steps, updates, loss) = ([Double](), [Double](), Float(0))
    var (count, elapsed) = (0, 0.0)
    while steps.count < Self.fewest || elapsed < seconds * 1e3 {
      var update = 0.0
      let time = milliseconds {
        loss = network.program.forward(step: UInt64(count))
        network.program.backward()
        update = milliseconds { network.tensors.withUnsafeBufferPointer { optimizer.update($0) } }
      }
      count += 1
      guard count > Self.warmup else {
        if profiles, count == Self.warmup { network.program.startProfile() }
        continue
      }
      steps.append(time)
      updates.append(update)
      elapsed += time
    }
    let peakMemory = peakMemoryBytes()
    return Row(
      milliseconds: median(steps), optimizerMilliseconds: median(updates), steps: steps.count,
      itemsPerSecond: Double(network.itemCount) / median(steps) * 1e3, itemName: network.itemName,
      parameters: network.program.store.count, peakMemoryBytes: peakMemory,
      flops: network.program.productFlops, peakFlops: PeakRate.measure(usesBFloat16: computedIn == .bfloat16, on: loop),
      loss: Double(loss),
      profile: profiles ? table(network, optimizer, updateMilliseconds: mean(updates), on: loop) : nil)
  }

  private func table(
    _ network: BenchNetwork, _ optimizer: GroupedOptimizer<Float>, updateMilliseconds: Double, on loop: TeamLoop
  ) -> ProfileTable {
    let store = network.program.store
    var table = ProfileTable(
      network.program.profile, workingSet: network.program.memoryBytes + 8 * store.count,
      usesBFloat16: computedIn == .bfloat16,
      on: loop)
    let bytes = optimizer.optimizers.reduce(0) { $0 + $1.bytesPerStep }
    table.add("optimizer", "\(store.count)", milliseconds: updateMilliseconds, bytes: bytes)
    return table
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}

extension Optimizer<Float> {
  /// What a step moves through main memory; 0 where products outweigh it.
  var bytesPerStep: Double {
    4 * Double((traffic?.total ?? 0) * parameters.reduce(0) { $0 + $1.shape.count })
  }
}
