import DownhillBase
import DownhillKernels
import DownhillNN
import Testing

/// What drops: the share that was asked for, the same again when a step is taken again, nothing in evaluation.
struct DropoutTests {
  private func output(_ probability: Double, step: UInt64, mode: Program.Mode, seed: UInt64 = 5) -> [Float] {
    let tape = Tape()
    let x = tape.parameter("x", [1000, 10], .hidden, start: .ones)
    let y = tape.dropout(tape.dropout(x, probability: probability, seed: seed), probability: probability, seed: seed)
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    let program = Program(tape, store, mode: mode, loss: nil, results: [y], on: .team)
    program.forward(step: step)
    return Array(program.numbers(of: y))
  }

  @Test(arguments: [0.1, 0.5, 0.9])
  func keepsTheMean(_ probability: Double) {
    let numbers = output(probability, step: 3, mode: .training).map { Double($0) }
    // Two layers: a number is kept with probability (1 − p)², and is then 1/(1 − p)².
    let kept = (1 - probability) * (1 - probability)
    let count = Double(numbers.count)
    let deviation = (kept * (1 - kept) / count).squareRoot()
    #expect((Double(numbers.count { $0 != 0 }) / count - kept).magnitude < 4 * deviation)
    #expect(numbers.allSatisfy { $0 == 0 || ($0 * kept - 1).magnitude < 1e-6 })
  }

  @Test func aStepReplays() {
    let first = output(0.5, step: 7, mode: .training)
    #expect(first == output(0.5, step: 7, mode: .training))
    for other in [output(0.5, step: 8, mode: .training), output(0.5, step: 7, mode: .training, seed: 6)] {
      // Independent: a quarter is kept in each, so that 0.25² + 0.75² of the places agree, within four deviations.
      let agreeing = zip(first, other).count { ($0 == 0) == ($1 == 0) }
      #expect((Double(agreeing) / 10_000 - 0.625).magnitude < 0.02)
    }
  }

  @Test func evaluationDropsNothing() { #expect(output(0.5, step: 7, mode: .evaluation).allSatisfy { $0 == 1 }) }
}
