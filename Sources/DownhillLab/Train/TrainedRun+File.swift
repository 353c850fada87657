import DownhillNN
import Foundation

extension TrainedRun {
  /// A network of a safetensors file that is no run's, such as a public one's.
  /// - Parameters:
  ///   - path: The file.
  ///   - model: The network's spec, with what else the data would settle.
  ///   - unit: What a token of text is: `bytes`, or a `.tiktoken` file; nil where the network is not to read text.
  /// - Throws: As for a run; `FileError` that names the tensor that is missing, left over, or of another shape.
  public init(file path: String, model: String, tokenizer unit: String?) throws {
    self.path = path
    network = try NetworkSpec(model)
    form = network.model.sampleForm
    var configuration = TrainConfiguration()
    (configuration.model, configuration.data) = (network.text, "")
    configuration.dataSettings.context = network.context ?? configuration.dataSettings.context
    configuration.dataSettings.tokens = unit ?? configuration.dataSettings.tokens
    self.configuration = configuration
    switch unit == nil ? nil : try configuration.dataSettings.options().unit {
    case .byte: tokenizer = .bytes
    case .bytePair(let file): tokenizer = .bytePairs(try BytePairTokenizer(contentsOf: file))
    case .character:
      throw CommandFailure.usage("--tokenizer characters: a file of weights does not say which; a run does")
    case nil: tokenizer = nil
    }
    (labels, scale, step) = ([], nil, nil)
    store = ParameterStore(TrainSetup.tape(of: network, form))
    _ = try WeightsFile.readPublished(path, into: store)
  }

  /// A run's folder, or a file of weights.
  /// - Parameters:
  ///   - path: Either.
  ///   - model: The spec of a file's network.
  ///   - tokenizer: What a file's tokens are.
  ///   - checkpoint: The step of a run's checkpoint.
  /// - Throws: As both do; `CommandFailure` of kind usage where a setting is for the other of the two.
  public init(_ path: String, model: String?, tokenizer: String?, checkpoint: Int?) throws {
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      for (option, value) in [("--model", model), ("--tokenizer", tokenizer)] {
        if let value { throw CommandFailure.usage("\(option) \(value): \(path) is a run, which has its own") }
      }
      try self.init(path, checkpoint: checkpoint)
      return
    }
    guard let model else {
      guard path.hasSuffix(".safetensors") else {
        throw CommandFailure(.data, "\(path): neither a run's folder nor a file of weights (.safetensors)")
      }
      throw CommandFailure.usage("\(path) is a file of weights: say --model SPEC, such as gpt2")
    }
    if let checkpoint { throw CommandFailure.usage("--checkpoint \(checkpoint): \(path) is a file, no run") }
    try self.init(file: path, model: model, tokenizer: tokenizer)
  }
}
