import DownhillBase
import DownhillKernels
public import DownhillNN

/// Tokens that a network goes on with.
///
/// The last tokens that fit the context are read again for each new one, by a program of the shortest length that holds
/// them: 16, 32, 64 and so on up to the context. What stands behind the last token is masked, and changes nothing.
public final class TextGenerator {
  private let network: NetworkSpec
  private let store: ParameterStore
  private let loop: TeamLoop
  private let context: Int
  private var window: Window?

  /// The network on so many tokens.
  private struct Window {
    let length, vocabulary: Int
    let program: Program
    let input, logits: Value
  }

  /// Nothing where the network reads no tokens.
  /// - Parameters:
  ///   - network: The model.
  ///   - store: Its weights; read for each token as they are then.
  ///   - threads: How many threads there are.
  public convenience init?(_ network: NetworkSpec, _ store: ParameterStore, threads: Int) {
    self.init(network, store, on: TeamLoop.withLibraries(workerCount: threads))
  }

  init?(_ network: NetworkSpec, _ store: ParameterStore, on loop: TeamLoop) {
    guard let context = network.context else { return nil }
    (self.network, self.store, self.loop, self.context) = (network, store, loop, context)
  }

  /// Goes on token by token.
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - count: How many follow at most.
  ///   - choice: How they are chosen.
  ///   - vocabulary: How many of the network's tokens there are to choose from.
  ///   - seed: Decides what is drawn.
  ///   - body: Is handed each token; generation ends where it says false.
  /// - Throws: `CommandFailure` of kind data where the network's output is not finite, and what the body throws.
  public func continueText(
    after prompt: [Int32], count: Int, _ choice: TokenChoice, vocabulary: Int, seed: UInt64,
    _ body: (Int32) throws -> Bool
  ) throws {
    precondition(!prompt.isEmpty, "a network goes on with something")
    let random = CounterRandom(seed: seed, stream: 1 << 60)
    var tokens = prompt.suffix(context)
    for number in 0..<count {
      let logits = logits(after: tokens)
      let known = UnsafeBufferPointer(rebasing: logits.prefix(vocabulary))
      guard let token = choice.token(from: known, random.uniform(at: UInt64(number))) else {
        throw CommandFailure(.data, "after \(number) tokens the network's output is not finite: its weights are no use")
      }
      tokens.append(Int32(token))
      tokens = tokens.suffix(context)
      guard try body(Int32(token)) else { return }
    }
  }

  /// Of the token behind the last.
  private func logits(after tokens: ArraySlice<Int32>) -> UnsafeBufferPointer<Float> {
    let window = window(for: tokens.count)
    let input = window.program.indices(of: window.input)
    let end = input.update(fromContentsOf: tokens)
    input[end...].update(repeating: 0)
    window.program.forward()
    let first = (tokens.count - 1) * window.vocabulary
    return UnsafeBufferPointer(rebasing: window.program.numbers(of: window.logits)[first..<first + window.vocabulary])
  }

  private func window(for count: Int) -> Window {
    if let window, window.length >= count { return window }
    var length = 16
    while length < count { length *= 2 }
    length = min(length, context)
    let tape = Tape()
    let input = tape.indices("input", [1, length])
    let logits = network.model.outputs(on: tape, input, seed: 0)
    // The shorter program's memory goes before the longer one's comes.
    window = nil
    let made = Window(
      length: length, vocabulary: tape.shape(of: logits).dimensions.last ?? 1,
      program: Program(tape, store, mode: .evaluation, loss: nil, results: [logits], on: loop), input: input,
      logits: logits)
    window = made
    return made
  }
}
