import DownhillFiles
import DownhillNN

/// The first steps of a run as a file, for a twin in another framework to check: `Tools/twin/README.md`.
struct TrainTrace {
  private static let stepCount = 10
  private static let gradientCount = 3

  private let path: String
  private let steps: Int
  private let store: ParameterStore
  private var tensors: [TensorData] = []
  private let metadata: [String: String]

  /// Keeps the weights as they are.
  init(path: String, _ configuration: TrainConfiguration, _ store: ParameterStore) throws {
    self.path = path
    self.store = store
    steps = min(Self.stepCount, configuration.steps)
    metadata = [
      "format": "downhill-trace/1", "model": configuration.model, "optimizer": configuration.optimizer,
      "label-smoothing": "\(configuration.labelSmoothing)",
    ]
    try append(weightsBehind: "")
  }

  /// Whether a step belongs to it.
  func holds(_ step: Int) -> Bool { step < steps }

  /// Keeps the batch of a step.
  mutating func record(_ batch: Batch, step: Int) {
    let rows = batch.size
    let shape = [rows] + batch.form.inputShape.dimensions
    // The numbers are as many as the shape says, by the batch's making.
    if batch.tokens.isEmpty {
      append(try? TensorData(name: "inputs@\(step)", shape: shape, values: Array(batch.numbers)))
    } else {
      append(try? TensorData(name: "inputs@\(step)", shape: shape, values: Array(batch.tokens)))
    }
    if batch.classes.isEmpty {
      let shape = [rows, batch.targets.count / rows]
      append(try? TensorData(name: "targets@\(step)", shape: shape, values: Array(batch.targets)))
    } else {
      // PyTorch's mark of what is not asked for.
      let classes = batch.classes.map { $0 < 0 ? -100 : $0 }
      let shape = batch.tokens.isEmpty ? [rows] : shape
      append(try? TensorData(name: "targets@\(step)", shape: shape, values: classes))
    }
  }

  private mutating func append(_ tensor: TensorData?) { if let tensor { tensors.append(tensor) } }

  /// Keeps loss and gradients of a step, before the update.
  mutating func record(loss: Double, step: Int) throws {
    tensors.append(try TensorData(name: "loss@\(step)", shape: [], values: [Float(loss)]))
    guard step < Self.gradientCount else { return }
    for (place, parameter) in store.parameters.enumerated() {
      tensors.append(
        try TensorData(
          name: "gradients/\(parameter.name)@\(step)", shape: parameter.shape.dimensions,
          values: Array(store.gradient(of: place))))
    }
  }

  /// Writes the file, with the weights as they are, once the last of its steps was taken.
  mutating func finish(after step: Int) throws {
    guard step == steps else { return }
    try append(weightsBehind: "@\(steps)")
    try naming(path) { try SafetensorsFile(tensors, metadata: metadata) }.write(to: path)
  }

  private mutating func append(weightsBehind suffix: String) throws {
    let names = Set(store.buffers.map { $0.name })
    for tensor in try WeightsFile.tensors(of: store) {
      let kind = names.contains(tensor.name) ? "buffers" : "weights"
      tensors.append(
        try TensorData(
          name: "\(kind)/\(tensor.name)\(suffix)", shape: tensor.shape, values: tensor.values(as: Float.self)))
    }
  }
}
