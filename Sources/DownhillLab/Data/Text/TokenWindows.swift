public import DownhillBase
public import DownhillFiles

/// Tokens one behind the other, in as few bytes as they need.
public struct TokenSequence: Sendable {
  private enum Storage: Sendable {
    case short([UInt16])
    case long([Int32])
  }

  private let storage: Storage
  /// How many there are.
  public let count: Int

  /// - Parameters:
  ///   - tokens: Each from 0 to below the vocabulary.
  ///   - vocabulary: How many different ones there may be.
  public init(_ tokens: [Int32], vocabulary: Int) {
    count = tokens.count
    storage = vocabulary <= 1 << 16 ? .short(tokens.map { UInt16(truncatingIfNeeded: $0) }) : .long(tokens)
  }

  /// The tokens at some places.
  public subscript(range: Range<Int>) -> [Int32] {
    switch storage {
    case .short(let tokens): tokens[range].map { Int32($0) }
    case .long(let tokens): Array(tokens[range])
    }
  }

  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Int32>) {
    switch storage {
    case .short(let tokens): for (place, source) in range.enumerated() { target[place] = Int32(tokens[source]) }
    case .long(let tokens): for (place, source) in range.enumerated() { target[place] = tokens[source] }
    }
  }
}

/// Windows of a text: tokens, and at each place the one that follows.
public struct TokenWindows: SampleSet {
  public let form: SampleForm
  public let count: Int
  private let tokens: TokenSequence
  private let context: Int
  private let stride: Int

  /// - Parameters:
  ///   - tokens: The text, at least two tokens.
  ///   - context: The length of a window, at least 1.
  ///   - vocabulary: How many different tokens there may be.
  ///   - stride: How far it is from one window to the next; where it is the context, each token is asked for once. A
  ///     window that reaches beyond the end asks for nothing there.
  init(_ tokens: TokenSequence, context: Int, vocabulary: Int, stride: Int) {
    form = SampleForm(input: .tokens(context: context, vocabulary: vocabulary), target: .nextTokens)
    (self.tokens, self.context, self.stride) = (tokens, context, stride)
    let pairs = tokens.count - 1
    // Where windows overlap, none needs to reach beyond the end.
    count = max(stride < context ? (pairs - context) / stride + 1 : (pairs + stride - 1) / stride, 1)
  }

  /// How many windows hold each token once.
  var windowsPerEpoch: Int { max((tokens.count - 1 + context - 1) / context, 1) }

  public func write(_ place: Int, _ random: CounterRandom?, to row: BatchRow) throws(FileError) {
    let start = place * stride
    let length = max(min(context, tokens.count - 1 - start), 0)
    tokens.copy(start..<start + length, to: row.tokens)
    tokens.copy(start + 1..<start + length + 1, to: row.classes)
    (row.tokens + length).update(repeating: 0, count: context - length)
    (row.classes + length).update(repeating: -1, count: context - length)
  }
}
