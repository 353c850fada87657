/// How a data set is read, spelled as on the command line and in files.
public struct DataSettings: Sendable, Equatable {
  /// `characters`, `bytes`, or a `.tiktoken` file.
  public var tokens = "characters"
  /// Tokens a window of text.
  public var context = 64
  /// The share that is held out; the set's own by default.
  public var heldOut: Double?
  /// The target columns of a table.
  public var target: [String] = []
  /// Rows and columns of images from folders.
  public var imageSize = 64
  /// What is done to images that are trained on.
  public var augment = "none"
  /// Whether channels and columns get mean 0 and deviation 1.
  public var normalize = true
  /// A share, or `shuffled`.
  public var labelNoise: String?
  /// Such as `blur:3`.
  public var corrupt: String?
  /// The name of a `SamplingChoice`.
  public var sampling: String?
  /// Decides split, order, augmentation and label noise.
  public var seed: UInt64 = 0

  public init() {}

  /// The same in the laboratory's terms.
  /// - Throws: `CommandFailure` of kind usage, and `SpecError`, that name the option.
  public func options() throws -> DataOptions {
    var options = DataOptions()
    switch tokens {
    case "characters": options.unit = .character
    case "bytes": options.unit = .byte
    default: options.unit = .bytePair(file: tokens)
    }
    options.context = try inRange(context, 1...1_048_576, "--context")
    if let heldOut {
      guard heldOut >= 0, heldOut < 1 else {
        throw CommandFailure.usage("--held-out \(heldOut) is out of range [0, 1)")
      }
      options.heldOut = heldOut
    }
    options.target = target
    options.side = try inRange(imageSize, 8...1024, "--image-size")
    options.augmentation = try Augmentation(augment)
    options.isNormalized = normalize
    options.labelNoise = try labelNoise.map { (text) throws(CommandFailure) in try LabelNoise(text) }
    options.corruption = try corrupt.map { (text) throws(CommandFailure) in try Corruption(text) }
    if let sampling {
      guard let choice = SamplingChoice(rawValue: sampling) else {
        let known = SamplingChoice.allCases.map { $0.rawValue }.joined(separator: ", ")
        throw CommandFailure.usage("unknown sampling \"\(sampling)\", expected one of \(known)")
      }
      options.sampling = choice
    }
    options.seed = seed
    return options
  }

  private func inRange(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws(CommandFailure) -> Int {
    guard range.contains(value) else {
      throw .usage("\(name) \(value) is out of range [\(range.lowerBound), \(range.upperBound)]")
    }
    return value
  }
}
