import DownhillBase
import DownhillKernels
import DownhillNN

/// What the steps of a run take: each operation of the network, the optimizer, and what is left.
final class TrainProfile {
  private let program: Program
  private let usesBFloat16: Bool
  private let loop: TeamLoop
  /// Steps that go before the first that is timed, while caches and clocks warm up.
  private var warmup: Int
  private var steps = 0
  private var whole = 0.0
  private var optimizer = 0.0
  private var start = ContinuousClock.now

  private static let fewestBefore = 5

  /// - Parameters:
  ///   - program: The one that trains.
  ///   - steps: How many are to come.
  ///   - usesBFloat16: Whether its products are of numbers of 16 bits.
  ///   - loop: Its threads.
  init(_ program: Program, steps: Int, usesBFloat16: Bool, on loop: TeamLoop) {
    (self.program, self.usesBFloat16, self.loop) = (program, usesBFloat16, loop)
    warmup = max(0, min(Self.fewestBefore, steps - 1))
    if warmup == 0 { program.startProfile() }
  }

  func beginStep() { start = .now }

  /// A part of a step that is the optimizer's.
  func update(_ body: () -> Void) {
    let time = milliseconds(body)
    if warmup == 0 { optimizer += time }
  }

  func endStep() {
    guard warmup == 0 else {
      warmup -= 1
      if warmup == 0 { program.startProfile() }
      return
    }
    whole += (ContinuousClock.now - start) / .milliseconds(1)
    steps += 1
  }

  /// What a step took in the mean; nil where none was timed.
  /// - Parameter optimizer: The optimizer's bytes a step.
  func table(optimizerBytes: Double) -> ProfileTable? {
    guard steps > 0 else { return nil }
    var table = ProfileTable(
      program.profile, steps: steps, workingSet: program.memoryBytes + 8 * program.store.count,
      usesBFloat16: usesBFloat16, on: loop)
    let step = whole / Double(steps), update = optimizer / Double(steps)
    let operations = table.rows.reduce(0) { $0 + $1.milliseconds }
    table.add("optimizer", "\(program.store.count)", milliseconds: update, bytes: optimizerBytes)
    table.add("batch and checks", "", milliseconds: max(0, step - update - operations), bytes: 0)
    return table
  }
}
