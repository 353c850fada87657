import DownhillBase
import DownhillKernels
import DownhillNN

/// Text that a network goes on with, token by token.
///
/// The last tokens that fit the context are read again for each new one.
final class TextSampler {
  private let pass: NetworkPass
  private let context, vocabulary: Int

  /// - Parameters:
  ///   - spec: A model of tokens.
  ///   - form: Of windows of the model's context.
  ///   - store: Its weights.
  ///   - loop: The threads.
  init(_ spec: NetworkSpec, _ form: SampleForm, _ store: ParameterStore, on loop: TeamLoop) {
    context = form.tokenCount
    vocabulary = form.outputs
    pass = NetworkPass(spec, form, for: .init(batch: 1), store, on: loop)
  }

  /// Goes on with a text, each token drawn from the network's distribution.
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - count: How many follow.
  ///   - random: Draws them.
  /// - Returns: Prompt and what follows.
  func continued(_ prompt: [Int32], count: Int, _ random: CounterRandom) -> [Int32] {
    var tokens = prompt
    for number in 0..<count {
      let window = tokens.suffix(context)
      for (place, token) in window.enumerated() { pass.tokens[place] = token }
      for place in window.count..<context { pass.tokens[place] = 0 }
      pass.program.forward()
      tokens.append(Int32(drawn(row: window.count - 1, random.uniform(at: UInt64(number)))))
    }
    return tokens
  }

  /// A token by the softmax of a row of logits.
  private func drawn(row: Int, _ uniform: Double) -> Int {
    let width = pass.results.count / context
    let logits = (0..<vocabulary).map { Double(pass.results[row * width + $0]) }
    let most = logits.max() ?? 0
    let shares = logits.map { Elementary.exp($0 - most) }
    var left = uniform * shares.reduce(0, +)
    for (token, share) in shares.enumerated() {
      left -= share
      if left < 0 { return token }
    }
    return max(vocabulary - 1, 0)
  }
}
