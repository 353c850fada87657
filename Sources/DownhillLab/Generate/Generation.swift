/// Text that a trained network writes.
public struct Generation: Sendable {
  public var choice = TokenChoice()
  /// What is gone on with; a line break where nil.
  public var prompt: String?
  /// How many tokens follow.
  public var tokens = 200
  public var seed: UInt64 = 0
  /// How many threads; as the run has it where nil.
  public var threads: Int?

  public init() {}

  /// What was written.
  public struct Result: Sendable {
    public let run, model: String
    /// Of the checkpoint; nil for the run's end.
    public let step: Int?
    public let prompt: String
    /// What follows the prompt.
    public let text: String
    /// The numbers of its tokens.
    public let tokens: [Int32]

    /// One object.
    public var json: JSON {
      .object([
        ("run", .text(run)), ("model", .text(model)), ("step", step.map { .integer($0) } ?? .null),
        ("prompt", .text(prompt)), ("text", .text(text)), ("tokens", .array(tokens.map { .integer(Int($0)) })),
      ])
    }
  }

  /// Writes the text.
  /// - Parameters:
  ///   - run: The network.
  ///   - say: Is handed the prompt, then each piece of text when it is complete.
  /// - Throws: `CommandFailure`: usage for a setting out of range or an empty prompt; data for a network that writes no
  ///   text, or a prompt with a character that it does not know.
  public func run(_ run: TrainedRun, say: (String) throws -> Void) throws -> Result {
    try checkRanges()
    guard let tokenizer = run.tokenizer, let generator = generator(for: run) else {
      throw CommandFailure(.data, "\(run.path): \(Self.whyNoText(run))")
    }
    let first = try prompt.map { try Self.encode($0, tokenizer) } ?? Self.start(tokenizer)
    let shown = tokenizer.decode(first)
    let vocabulary = min(tokenizer.vocabulary, run.form.outputs)
    if let token = first.first(where: { $0 >= vocabulary }) {
      throw CommandFailure(.data, "--prompt: token \(token) is beyond the \(vocabulary) that the network knows")
    }
    if prompt != nil { try say(shown) }
    var (stream, written, text) = (TextStream(), [Int32](), "")
    func add(_ piece: String) throws {
      guard !piece.isEmpty else { return }
      text += piece
      try say(piece)
    }
    try generator.continueText(after: first, count: tokens, choice, vocabulary: vocabulary, seed: seed) { token in
      written.append(token)
      try add(stream.text(of: tokenizer.bytes(of: [token])))
      return true
    }
    try add(stream.end())
    return Result(
      run: run.path, model: run.network.text, step: run.step, prompt: shown, text: text, tokens: written)
  }

  /// That every setting is in its range.
  /// - Throws: `CommandFailure` of kind usage that names the option.
  public func checkRanges() throws(CommandFailure) {
    try choice.check()
    guard tokens >= 0, tokens <= 1 << 30 else { throw .usage("--tokens \(tokens): expected a whole number from 0") }
    if let threads, threads < 1 || threads > 1024 { throw .usage("--threads \(threads) is out of range [1, 1024]") }
    if let prompt, prompt.isEmpty { throw .usage("--prompt is empty: expected at least one character") }
  }

  private func generator(for run: TrainedRun) -> TextGenerator? {
    TextGenerator(run.network, run.store, threads: threads ?? run.configuration.threads)
  }

  /// A line break, or the first token of those that there are.
  private static func start(_ tokenizer: Tokenizer) -> [Int32] { (try? tokenizer.encode("\n")) ?? [0] }

  private static func encode(_ prompt: String, _ tokenizer: Tokenizer) throws(CommandFailure) -> [Int32] {
    do { return try tokenizer.encode(prompt) } catch { throw CommandFailure(.data, "--prompt: \(error)") }
  }

  private static func whyNoText(_ run: TrainedRun) -> String {
    let name = run.network.entry.name
    if run.network.context == nil { return "\(name) reads no tokens; generate wants a network of text, such as gpt" }
    return "nothing says how text becomes tokens"
  }
}
