import DownhillBase

/// Memory for one batch, used again and again: what the network takes, and what it is to answer.
///
/// Unchecked, because it is filled by one thread and then read by another, never by both at once.
public final class Batch: @unchecked Sendable {
  public let form: SampleForm
  /// How many samples there is room for.
  public let size: Int
  /// How many of them are samples; behind them, where a set ends within a batch, inputs and weights are 0 and targets −1,
  /// or 0 where they are numbers.
  public private(set) var count = 0
  /// Its place in the order of batches.
  public private(set) var number = 0

  private let numberMemory, targetMemory, weightMemory: AlignedMemory<Float>
  private let tokenMemory, classMemory: AlignedMemory<Int32>
  private let placeMemory: AlignedMemory<Int>

  /// - Parameters:
  ///   - form: What a sample is.
  ///   - size: How many, at least 1.
  public init(of form: SampleForm, size: Int) {
    self.form = form
    self.size = max(size, 1)
    numberMemory = AlignedMemory(count: self.size * form.numberCount, repeating: 0)
    tokenMemory = AlignedMemory(count: self.size * form.tokenCount, repeating: 0)
    classMemory = AlignedMemory(count: self.size * form.classCount, repeating: 0)
    targetMemory = AlignedMemory(count: self.size * form.targetNumberCount, repeating: 0)
    weightMemory = AlignedMemory(count: self.size, repeating: 1)
    placeMemory = AlignedMemory(count: self.size, repeating: 0)
  }

  /// Inputs that are numbers, [size, …inputShape]; empty for tokens.
  public var numbers: UnsafeMutableBufferPointer<Float> { Self.buffer(numberMemory) }

  /// Inputs that are tokens, [size, context]; empty for numbers.
  public var tokens: UnsafeMutableBufferPointer<Int32> { Self.buffer(tokenMemory) }

  /// Classes, [size], or the tokens to predict, [size, context]; −1 where nothing is asked.
  public var classes: UnsafeMutableBufferPointer<Int32> { Self.buffer(classMemory) }

  /// Numbers to predict, [size, outputs].
  public var targets: UnsafeMutableBufferPointer<Float> { Self.buffer(targetMemory) }

  /// What each sample's loss counts, [size]: 1 but for importance sampling. The loss of the batch is the mean over `count`
  /// samples of weight times loss, whose expectation is the mean over all samples.
  public var weights: UnsafeMutableBufferPointer<Float> { Self.buffer(weightMemory) }

  /// Which samples these are, [size].
  public var places: UnsafeMutableBufferPointer<Int> { Self.buffer(placeMemory) }

  private static func buffer<Number>(_ memory: borrowing AlignedMemory<Number>) -> UnsafeMutableBufferPointer<Number> {
    UnsafeMutableBufferPointer(start: memory.start, count: memory.count)
  }

  /// Where the sample in a row is to be written.
  func row(_ row: Int) -> BatchRow {
    BatchRow(
      numbers: numberMemory.start + row * form.numberCount, tokens: tokenMemory.start + row * form.tokenCount,
      classes: classMemory.start + row * form.classCount, targets: targetMemory.start + row * form.targetNumberCount)
  }

  /// Names the batch and empties the rows behind its samples.
  func end(count: Int, number: Int) {
    self.count = count
    self.number = number
    guard count < size else { return }
    let rest = size - count
    let row = row(count)
    row.numbers.update(repeating: 0, count: rest * form.numberCount)
    row.tokens.update(repeating: 0, count: rest * form.tokenCount)
    row.classes.update(repeating: -1, count: rest * form.classCount)
    row.targets.update(repeating: 0, count: rest * form.targetNumberCount)
    (weightMemory.start + count).update(repeating: 0, count: rest)
    (placeMemory.start + count).update(repeating: -1, count: rest)
  }
}

/// Where one sample is written.
public struct BatchRow {
  /// The input's numbers, as many as the form says.
  public let numbers: UnsafeMutablePointer<Float>
  /// The input's tokens.
  public let tokens: UnsafeMutablePointer<Int32>
  /// The class, or the tokens to predict.
  public let classes: UnsafeMutablePointer<Int32>
  /// The numbers to predict.
  public let targets: UnsafeMutablePointer<Float>
}
