public import DownhillBase

/// What one sample of a data set is: what a network takes, and what it is to answer.
public struct SampleForm: Sendable, Equatable {
  /// What a network takes.
  public enum Input: Sendable, Equatable {
    /// So many numbers.
    case vector(features: Int)
    /// [channels, rows, columns] numbers.
    case image(channels: Int, rows: Int, columns: Int)
    /// So many whole numbers, each below the vocabulary.
    case tokens(context: Int, vocabulary: Int)
  }

  /// What it is to answer.
  public enum Target: Sendable, Equatable {
    /// One of so many classes.
    case classes(Int)
    /// So many numbers.
    case numbers(Int)
    /// A token at each place of the context; −1 where none is asked for.
    case nextTokens
  }

  public let input: Input
  public let target: Target

  public init(input: Input, target: Target) {
    self.input = input
    self.target = target
  }

  /// The shape of one sample's input, without the batch.
  public var inputShape: Shape {
    switch input {
    case .vector(let features): [features]
    case .image(let channels, let rows, let columns): [channels, rows, columns]
    case .tokens(let context, _): [context]
    }
  }

  /// Classes, numbers to predict, or the vocabulary: how many outputs a network has.
  public var outputs: Int {
    switch (target, input) {
    case (.classes(let count), _), (.numbers(let count), _): count
    case (.nextTokens, .tokens(_, let vocabulary)): vocabulary
    case (.nextTokens, _): 0
    }
  }

  /// What is counted when speed is told.
  var unit: String {
    switch input {
    case .tokens: "tokens"
    case .image: "images"
    case .vector: "samples"
    }
  }

  /// How many of them a sample is.
  var unitsPerSample: Int { max(tokenCount, 1) }

  /// How many numbers a sample's input has; 0 for tokens.
  var numberCount: Int {
    if case .tokens = input { 0 } else { inputShape.count }
  }

  /// How many tokens a sample's input has; 0 for numbers.
  var tokenCount: Int {
    if case .tokens(let context, _) = input { context } else { 0 }
  }

  /// How many whole numbers a sample's target has.
  var classCount: Int {
    switch target {
    case .classes: 1
    case .numbers: 0
    case .nextTokens: tokenCount
    }
  }

  /// How many numbers a sample's target has.
  var targetNumberCount: Int {
    if case .numbers(let count) = target { count } else { 0 }
  }
}
