import DownhillBase
import DownhillFiles

/// Sequences of tokens of one length, each with what is asked at its places.
struct TokenRows: SampleSet {
  let form: SampleForm
  let count: Int
  private let tokens: [Int32]
  private let targets: [Int32]

  /// - Parameters:
  ///   - tokens: [count, context].
  ///   - targets: [count, context], −1 where nothing is asked.
  init(tokens: [Int32], targets: [Int32], context: Int, vocabulary: Int) {
    form = SampleForm(input: .tokens(context: context, vocabulary: vocabulary), target: .nextTokens)
    count = tokens.count / context
    (self.tokens, self.targets) = (tokens, targets)
  }

  func write(_ place: Int, _ random: CounterRandom?, to row: BatchRow) throws(FileError) {
    let context = form.tokenCount
    for column in 0..<context {
      row.tokens[column] = tokens[place * context + column]
      row.classes[column] = targets[place * context + column]
    }
  }
}
