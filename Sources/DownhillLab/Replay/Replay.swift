public import Downhill
import DownhillBase
import DownhillFiles
import Foundation

/// Applies recorded gradients to weights: to check a port, or a run of another framework.
///
/// Tensor `NAME@t` of the gradients' file is the gradient of `NAME` at step t = 0, 1, …, counted from the resumed step
/// where there is one. What is written holds every tensor of the weights' file; those without gradients are copied.
public struct Replay: Sendable {
  public var optimizer: OptimizerSpec
  /// What moves the tensors that are no matrices, where the rule takes matrices only; they stay as they are where nil.
  public var rest: OptimizerSpec?
  /// How many gradients are applied; all of them where nil.
  public var steps: Int?
  /// Paths of files.
  public var weights: String
  public var gradients: String
  public var output: String
  public var stateOutput: String?
  public var resumed: String?
  public var evaluationOutput: String?

  public init(optimizer: OptimizerSpec, weights: String, gradients: String, output: String) {
    self.optimizer = optimizer
    self.weights = weights
    self.gradients = gradients
    self.output = output
  }

  /// What was done.
  public struct Summary: Sendable {
    public let steps: Int
    /// The tensors that moved.
    public let moved: [String]
    /// The tensors that were copied as they were.
    public let copied: [String]
  }

  /// Reads, applies and writes: every file that was asked for, or none.
  /// - Throws: `FileError` and `CommandFailure`, with the file, the tensor and what was expected.
  public func run() throws -> Summary {
    for spec in [optimizer, rest].compactMap({ $0 }) where spec.usesCurvature {
      throw CommandFailure.usage("\(spec.rule.entry.name) wants the Hessian's diagonal, which no recording holds")
    }
    try checkOutputs()
    if let deaf = [optimizer, rest].compactMap({ $0 }).first(where: \.followsLoss) {
      throw CommandFailure.usage("\(deaf): plateau follows the loss, and recorded gradients have none")
    }
    let weightsFile = try SafetensorsFile(contentsOf: weights)
    let gradientsFile = try SafetensorsFile(contentsOf: gradients)
    let record = try GradientRecord(gradientsFile, path: gradients, weights: weightsFile)
    if let steps, steps > record.stepCount {
      throw CommandFailure.usage("--steps \(steps), but \(gradients) holds \(record.stepCount) steps")
    }
    switch record.type {
    case .float32: return try apply(record, to: weightsFile, in: Float.self)
    default: return try apply(record, to: weightsFile, in: Double.self)
    }
  }

  private func apply<Scalar: AcceleratedScalar & TensorElement>(
    _ record: GradientRecord, to file: SafetensorsFile, in _: Scalar.Type
  ) throws -> Summary {
    var groups = try makeGroups(record, file, of: Scalar.self)
    if let resumed { try resume(&groups, from: resumed) }
    let steps = steps ?? record.stepCount
    let progress = Progress("replaying", total: steps)
    for step in 0..<steps {
      for group in groups.indices { try groups[group].update(along: record, at: step) }
      progress.advance()
    }
    progress.finish()

    var (result, evaluated) = (file, file)
    for group in groups {
      for tensor in try naming(output, { try group.tensors() }) { try naming(output) { try result.replace(tensor) } }
      for tensor in try naming(output, { try group.evaluationTensors() }) {
        try naming(output) { try evaluated.replace(tensor) }
      }
    }
    try write(
      result, evaluated: evaluated, try naming(stateOutput ?? "") { try StateFile(groups.map { $0.optimizer }) })
    let moved = groups.flatMap { $0.optimizer.parameters.map { $0.name } }
    let movedNames = Set(moved)
    return Summary(
      steps: steps, moved: moved, copied: file.tensors.map { $0.name }.filter { !movedNames.contains($0) })
  }

  private func write(_ weights: SafetensorsFile, evaluated: SafetensorsFile, _ state: StateFile) throws {
    var files: [(path: String, append: (inout AtomicWrite) throws -> Void)] = []
    files.append((output, { try weights.append(to: &$0) }))
    if let evaluationOutput { files.append((evaluationOutput, { try evaluated.append(to: &$0) })) }
    if let stateOutput { files.append((stateOutput, { try state.append(to: &$0) })) }
    try writeTogether(files)
  }

  /// That each file has a place, and one of its own.
  private func checkOutputs() throws {
    var options: [String: String] = [:]
    for (option, path) in [("--out", output), ("--evaluation-out", evaluationOutput), ("--state", stateOutput)] {
      guard let path else { continue }
      try checkOutput(path)
      // A device may be written to twice.
      guard !path.hasPrefix("/dev/") else { continue }
      if let other = options.updateValue(option, forKey: URL(filePath: path).resolvingSymlinksInPath().path) {
        throw CommandFailure.usage("\(other) and \(option) are both \(path); each takes a file of its own")
      }
    }
  }

  /// The matrices for a rule that takes matrices only, the others for the rest; all together for any other rule.
  private func makeGroups<Scalar: AcceleratedScalar & TensorElement>(
    _ record: GradientRecord, _ file: SafetensorsFile, of _: Scalar.Type
  ) throws -> [ReplayGroup<Scalar>] {
    let names = Set(record.names)
    let moved = file.tensors.filter { names.contains($0.name) }
    guard !optimizer.rule.entry.takesVectors else { return [try ReplayGroup(optimizer, moved, path: weights)] }
    // Experts lie one behind the other in a tensor of three dimensions.
    let takesStacks = optimizer.number(of: "experts") == 1
    func isTaken(_ tensor: TensorData) -> Bool { tensor.shape.count == 2 || (takesStacks && tensor.shape.count == 3) }
    var groups = [try ReplayGroup<Scalar>(optimizer, moved.filter { isTaken($0) }, path: weights)]
    if let rest { groups.append(try ReplayGroup(rest, moved.filter { !isTaken($0) }, path: weights)) }
    return groups
  }

  private func resume<Scalar: AcceleratedScalar & TensorElement>(
    _ groups: inout [ReplayGroup<Scalar>], from path: String
  ) throws {
    let states = try StateFile(contentsOf: path)
    for group in groups.indices {
      try states.restore(&groups[group].optimizer, place: group, path: path)
      for change in states.changedAlgorithms(for: groups[group].optimizer) {
        try? FileHandle.standardError.write(contentsOf: Data("Note: \(path): \(change); the bits will differ.\n".utf8))
      }
    }
  }
}

/// Runs what may find a tensor unfit, and names the file.
func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as SafetensorsError { throw FileError(error, path: path) }
}
