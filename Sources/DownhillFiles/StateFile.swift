public import Downhill
import DownhillBase

/// The state of one optimizer or of several in one safetensors file: a tensor `PARAMETER/PART` for each part of each
/// parameter's state, and what they belong to in the metadata.
///
/// Metadata: `format` is `downhill-state`, `version` is `1`; `optimizer.I` and `step.I` are the spec and the count of
/// steps of optimizer I = 0, 1, …, and `plateau.I.KNOB` says how far a schedule that follows the loss has come.
public struct StateFile: Sendable {
  private static let format = "downhill-state"
  private static let version = "1"

  private let file: SafetensorsFile

  /// The state of some optimizers as it is now; no two may move parameters of one name.
  /// - Throws: `SafetensorsError` where they do.
  public init<Scalar: WeightScalar & TensorElement>(_ optimizers: [Optimizer<Scalar>]) throws(SafetensorsError) {
    var metadata = ["format": Self.format, "version": Self.version]
    var tensors = [TensorData]()
    for (place, optimizer) in optimizers.enumerated() {
      let state = optimizer.state
      metadata["optimizer.\(place)"] = optimizer.spec.description
      metadata["step.\(place)"] = String(state.stepCount)
      for (parameter, algorithm) in optimizer.algorithms { metadata["algorithm.\(parameter)"] = algorithm }
      for followed in state.followedLosses {
        metadata["plateau.\(place).\(followed.knob)"] = PlateauText(followed.progress).text
      }
      for tensor in state.tensors {
        tensors.append(
          try TensorData(
            name: Self.name(tensor.parameter, tensor.part), shape: tensor.shape.dimensions, values: tensor.values))
      }
    }
    file = try SafetensorsFile(tensors, metadata: metadata)
  }

  /// The parameters that were stepped by another algorithm when the state was saved than this optimizer steps them by, in a
  /// sentence each: on another processor a run goes on, but not to the same bits.
  public func changedAlgorithms<Scalar: WeightScalar>(for optimizer: Optimizer<Scalar>) -> [String] {
    optimizer.algorithms.compactMap { parameter, algorithm in
      guard let saved = file.metadata["algorithm.\(parameter)"], saved != algorithm else { return nil }
      return "\(parameter) was stepped by \(saved) when the state was saved, and is by \(algorithm) here"
    }
  }

  /// Reads a file.
  /// - Throws: `FileError` where it cannot be read, or is no state of a version that is known here.
  public init(contentsOf path: String) throws(FileError) {
    file = try SafetensorsFile(contentsOf: path)
    guard file.metadata["format"] == Self.format else {
      throw FileError(
        kind: .data, path: path, message: "not an optimizer's state: the metadata's format is not \(Self.format)")
    }
    guard let version = file.metadata["version"], version == Self.version else {
      let found = file.metadata["version"] ?? "missing"
      throw FileError(kind: .data, path: path, message: "state of version \(found); this release reads \(Self.version)")
    }
  }

  /// How many optimizers' states it holds.
  public var optimizerCount: Int {
    var count = 0
    while file.metadata["optimizer.\(count)"] != nil { count += 1 }
    return count
  }

  /// The parameters that have state here, in the order of the file; some more than once.
  var parameterNames: [String] { file.tensors.map { Self.parameter(of: $0.name) } }

  private static func parameter(of name: String) -> String {
    String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)])
  }

  /// Replaces a file, whole or not at all.
  public func write(to path: String) throws(FileError) { try file.write(to: path) }

  /// Appends the file's bytes; throws as `write(to:)` does.
  package func append(to output: inout AtomicWrite) throws(FileError) { try file.append(to: &output) }

  /// Lets an optimizer go on from its state here.
  /// - Parameters:
  ///   - optimizer: Of the same rule, for the same parameters.
  ///   - place: Which of the optimizers in the file it is.
  ///   - path: What errors call the file.
  /// - Throws: `FileError` of kind `.data` that names the first difference.
  public func restore<Scalar: WeightScalar & TensorElement>(
    _ optimizer: inout Optimizer<Scalar>, place: Int = 0, path: String
  ) throws(FileError) {
    func refuse(_ message: String) -> FileError { FileError(kind: .data, path: path, message: message) }
    guard let spec = file.metadata["optimizer.\(place)"], let text = file.metadata["step.\(place)"],
      let step = Int(text), step >= 0
    else { throw refuse("there is no state of optimizer \(place), or no count of its steps") }
    guard Self.ruleName(of: spec) == optimizer.spec.rule.entry.name.description else {
      throw refuse("state of \(spec), but the optimizer is \(optimizer.spec)")
    }
    var tensors = [OptimizerState<Scalar>.Tensor]()
    let fresh = optimizer.positioned(at: step)
    for parameter in fresh.parameters {
      for (part, shape) in fresh.parts(of: parameter) {
        guard let tensor = file[Self.name(parameter.name, part)] else {
          throw refuse("parameter \"\(parameter.name)\": there is no \(part)")
        }
        guard tensor.shape == shape.dimensions else {
          let owner = shape == parameter.shape ? "the weights" : "not"
          throw refuse(
            "parameter \"\(parameter.name)\": \(part) has shape \(tensor.shape), \(owner) \(shape.dimensions)")
        }
        do {
          tensors.append(
            .init(parameter: parameter.name, part: part, shape: shape, values: try tensor.values()))
        } catch { throw FileError(error, path: path) }
      }
    }
    if let leftover = leftover(behind: tensors.map { Self.name($0.parameter, $0.part) }, of: optimizer) {
      throw refuse("the file has \(leftover)")
    }
    var state = OptimizerState(stepCount: step, tensors: tensors)
    let prefix = "plateau.\(place)."
    for (key, text) in file.metadata where key.hasPrefix(prefix) {
      guard let found = PlateauText(text) else { throw refuse("\(key) is \"\(text)\", not \(PlateauText.form)") }
      state.followedLosses.append(.init(knob: String(key.dropFirst(prefix.count)), progress: found.progress))
    }
    do {
      try optimizer.restore(state)
    } catch { throw refuse(error.description) }
  }

  /// What the file holds beyond the tensors that an optimizer takes over; in a file of several optimizers the tensors of
  /// other parameters are the others'.
  private func leftover<Scalar: WeightScalar>(behind taken: [String], of optimizer: Optimizer<Scalar>) -> String? {
    let (taken, moved) = (Set(taken), Set(optimizer.parameters.map { $0.name }))
    let isAlone = file.metadata["optimizer.1"] == nil
    for name in file.tensors.map({ $0.name }) where !taken.contains(name) {
      let parameter = Self.parameter(of: name)
      if moved.contains(parameter) { return "\(name), which \(optimizer.spec.rule.entry.name) does not keep" }
      if isAlone { return "\(name), which the optimizer does not move" }
    }
    return nil
  }

  private static func name(_ parameter: String, _ part: String) -> String { "\(parameter)/\(part)" }

  /// The rule's name in a spec: what follows the last slash, up to the colon. No slash stands in a schedule.
  private static func ruleName(of spec: String) -> String {
    let rule = spec.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return String(rule.prefix { $0 != ":" })
  }
}

extension Optimizer where Scalar: TensorElement {
  /// Saves the state and the count of steps.
  /// - Throws: `FileError` where the file cannot be written; nothing half-written is left.
  public func saveState(to path: String) throws(FileError) {
    do { try StateFile([self]).write(to: path) } catch let error as SafetensorsError {
      throw FileError(error, path: path)
    } catch let error as FileError { throw error } catch {
      throw FileError(kind: .input, path: path, message: "\(error)")
    }
  }

  /// Goes on from a state that was saved.
  /// - Throws: `FileError` where the file cannot be read, or holds the state of another optimizer or other parameters.
  public mutating func loadState(from path: String) throws(FileError) {
    try StateFile(contentsOf: path).restore(&self, path: path)
  }
}
