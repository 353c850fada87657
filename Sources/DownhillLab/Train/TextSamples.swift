import DownhillBase
import DownhillKernels
import DownhillNN

/// Text by the network that is trained, before and after.
struct TextSamples {
  private static let length = 200

  private let generator: TextGenerator
  private let tokenizer: Tokenizer
  private let prompt: [Int32]
  private let seed: UInt64

  /// Nothing where the network makes no text.
  init?(_ setup: TrainSetup, _ store: ParameterStore, on loop: TeamLoop) {
    guard let tokenizer = setup.split.tokenizer, let generator = TextGenerator(setup.network, store, on: loop) else {
      return nil
    }
    (self.tokenizer, self.generator) = (tokenizer, generator)
    prompt = (try? tokenizer.encode("\n")) ?? [0]
    seed = setup.configuration.seed
  }

  /// Says a sample, each line of it indented.
  func say(_ when: String, _ output: TrainOutput) throws {
    var tokens = [Int32]()
    let choice = TokenChoice()
    try generator.continueText(
      after: prompt, count: Self.length, choice, vocabulary: tokenizer.vocabulary, seed: seed
    ) { token in
      tokens.append(token)
      return true
    }
    let text = tokenizer.decode(tokens)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    try output.say("\n\(when):\n" + lines.map { "  | \($0)\n" }.joined() + "\n")
  }
}
