import ArgumentParser
import DownhillLab

/// How data is read: the options of every command that takes `--data`.
struct DataOptionsGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is a token of text: characters (the default), bytes, or a .tiktoken file.", valueName: "unit"))
  var tokens: String?

  @Option(parsing: .unconditional, help: "Tokens a window of text; 64 by default, or a model's own.")
  var context: Int?

  @Option(
    parsing: .unconditional,
    help: "The share held out where a set has no test part; 0.1 of a text, 0.5 of modular arithmetic, else 0.2.")
  var heldOut: Double?

  @Option(help: "A target column of a table, its last by default; repeat for more.")
  var target: [String] = []

  @Option(parsing: .unconditional, help: "Rows and columns that images from folders are resized to; 64 by default.")
  var imageSize: Int?

  @Option(help: "For images trained on: crop:padding=4/flip/cutout:size=8, part of it, or none.")
  var augment: String?

  @Flag(inversion: .prefixedNo, help: "Bring channels and columns to mean 0 and deviation 1; done by default.")
  var normalize: Bool?

  @Option(help: "Wrong training labels: a share in [0, 1], or shuffled.")
  var labelNoise: String?

  @Option(help: "Make held-out images worse: noise, blur or contrast with a strength from 1 to 5, such as blur:3.")
  var corrupt: String?

  @Option(help: "How samples are chosen: shuffled, replacement, nice, lipschitz or balanced.")
  var sampling: String?

  @Option(parsing: .unconditional, help: "Decides split, order, augmentation and label noise; 0 by default, or --seed.")
  var dataSeed: UInt64?

  /// The settings with what was given in their places.
  func settings(over settings: DataSettings = DataSettings()) -> DataSettings {
    var settings = settings
    settings.tokens = tokens ?? settings.tokens
    settings.context = context ?? settings.context
    settings.heldOut = heldOut ?? settings.heldOut
    settings.target = target.isEmpty ? settings.target : target
    settings.imageSize = imageSize ?? settings.imageSize
    settings.augment = augment ?? settings.augment
    settings.normalize = normalize ?? settings.normalize
    settings.labelNoise = labelNoise ?? settings.labelNoise
    settings.corrupt = corrupt ?? settings.corrupt
    settings.sampling = sampling ?? settings.sampling
    settings.seed = dataSeed ?? settings.seed
    return settings
  }
}
