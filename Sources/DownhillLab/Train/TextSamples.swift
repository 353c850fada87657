import DownhillBase
import DownhillKernels
import DownhillNN

/// Text by the network that is trained, before and after.
struct TextSamples {
  private static let length = 200

  private let sampler: TextSampler
  private let tokenizer: Tokenizer
  private let prompt: [Int32]
  private let seed: UInt64

  /// Nothing where the network makes no text.
  init?(_ setup: TrainSetup, _ store: ParameterStore, on loop: TeamLoop) {
    guard let tokenizer = setup.split.tokenizer else { return nil }
    self.tokenizer = tokenizer
    sampler = TextSampler(setup.network, setup.split.form, store, on: loop)
    prompt = (try? tokenizer.encode("\n")) ?? [0]
    seed = setup.configuration.seed
  }

  /// Says a sample, each line of it indented.
  func say(_ when: String, _ output: TrainOutput) throws {
    let random = CounterRandom(seed: seed, stream: 1 << 60)
    let tokens = sampler.continued(prompt, count: Self.length, random)
    let text = tokenizer.decode(tokens.dropFirst(prompt.count))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    try output.say("\n\(when):\n" + lines.map { "  | \($0)\n" }.joined() + "\n")
  }
}
