import ArgumentParser
import DownhillLab

/// How data is read: the options of every command that takes `--data`.
struct DataOptionsGroup: ParsableArguments {
  @Option(help: ArgumentHelp("What is a token of text: characters, bytes, or a .tiktoken file.", valueName: "unit"))
  var tokens: String = "characters"

  @Option(parsing: .unconditional, help: "Tokens a window of text.")
  var context: Int = 64

  @Option(
    parsing: .unconditional,
    help: "The share held out where a set has no test part; 0.1 of a text, 0.5 of modular arithmetic, else 0.2.")
  var heldOut: Double?

  @Option(help: "A target column of a table, its last by default; repeat for more.")
  var target: [String] = []

  @Option(parsing: .unconditional, help: "Rows and columns that images from folders are resized to.")
  var imageSize: Int = 64

  @Option(help: "For images trained on: crop:padding=4/flip/cutout:size=8, or part of it.")
  var augment: String = "none"

  @Flag(inversion: .prefixedNo, help: "Bring channels and columns to mean 0 and deviation 1.")
  var normalize = true

  @Option(help: "Wrong training labels: a share in [0, 1], or shuffled.")
  var labelNoise: String?

  @Option(help: "Make held-out images worse: noise, blur or contrast with a strength from 1 to 5, such as blur:3.")
  var corrupt: String?

  @Option(help: "How samples are chosen: shuffled, replacement, nice, lipschitz or balanced.")
  var sampling: String?

  @Option(parsing: .unconditional, help: "Decides split, order, augmentation and label noise.")
  var dataSeed: UInt64 = 0

  /// The options in the laboratory's terms.
  func options() throws -> DataOptions {
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
    options.seed = dataSeed
    return options
  }

  private func inRange(_ value: Int, _ range: ClosedRange<Int>, _ name: String) throws -> Int {
    guard range.contains(value) else {
      throw CommandFailure.usage("\(name) \(value) is out of range [\(range.lowerBound), \(range.upperBound)]")
    }
    return value
  }
}
