import DownhillBase
import DownhillFiles
import DownhillNN

/// A safetensors file of weights under a network's names, though the file may have others.
///
/// GPT-2's public files are read as they are: names with or without `transformer.` in front, the four matrices of a block
/// as [in, out], masks (`attn.bias`, `attn.masked_bias`) among the tensors, the head, where it is the token table, left
/// out or said again.
struct WeightSource {
  let path: String
  private let file: SafetensorsFile
  /// What the file's names lack of the network's.
  private let prefix: String
  /// Whether GPT-2's matrices lie as [in, out].
  private let isTransposed: Bool
  private let parameters: [NetworkParameter]

  private static let start = "transformer."
  private static let table = "transformer.wte.weight"
  static let positions = "transformer.wpe.weight"
  private static let head = "lm_head.weight"
  private static let matrices = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"].map { ".\($0).weight" }

  /// - Throws: `FileError` where there is no such file, or it is no safetensors file.
  init(contentsOf path: String, for parameters: [NetworkParameter]) throws(FileError) {
    (self.path, self.parameters) = (path, parameters)
    file = try SafetensorsFile(contentsOf: path)
    let isGPT = parameters.contains { $0.name == Self.table }
    prefix = isGPT && file[Self.table] == nil && file["wte.weight"] != nil ? Self.start : ""
    let first = "transformer.h.0.attn.c_attn.weight"
    let shape = parameters.first { $0.name == first }?.shape.dimensions ?? []
    isTransposed = isGPT && file[String(first.dropFirst(prefix.count))]?.shape == shape.reversed()
  }

  private func name(in network: String) -> String {
    prefix != "" && network.hasPrefix(prefix) ? String(network.dropFirst(prefix.count)) : network
  }

  private func isTurned(_ name: String) -> Bool { isTransposed && Self.matrices.contains { name.hasSuffix($0) } }

  /// The shape of a network's tensor; nil where it is not there.
  func shape(of name: String) -> [Int]? {
    let shape = file[self.name(in: name)]?.shape
    return isTurned(name) ? shape?.reversed() : shape
  }

  /// Copies a network's tensor.
  /// - Parameters:
  ///   - name: As the network has it.
  ///   - shape: As the network has it.
  ///   - target: As many numbers.
  ///   - isOwn: Whether the file was written by this program: then numbers are float32, and shapes are the same. Else
  ///     they may have 16 or 64 bits, and a table of positions may be longer, of which the first are taken.
  /// - Throws: `FileError` that names the tensor, what was found and what is expected.
  func copy(
    _ name: String, _ shape: Shape, to target: UnsafeMutableBufferPointer<Float>, isOwn: Bool
  ) throws(FileError) {
    let known = self.name(in: name)
    func refuse(_ message: String) -> FileError {
      FileError(kind: .data, path: path, message: "tensor \"\(known)\": \(message)")
    }
    guard let tensor = file[known] else { throw refuse("not there, but the network has it") }
    let wanted = isTurned(name) ? shape.dimensions.reversed() : shape.dimensions
    let isLonger = !isOwn && name == Self.positions && isAtLeast(tensor.shape, wanted)
    guard tensor.shape == wanted || isLonger else {
      throw refuse("shape \(tensor.shape), the network's is \(Shape(wanted))")
    }
    let values: [Float]
    if let exact = try? tensor.values(as: Float.self) {
      values = exact
    } else {
      values = isOwn ? [] : tensor.wideValues.map { Float($0) }
      guard values.count >= target.count else {
        throw refuse("type \(tensor.type.rawValue), expected F32\(isOwn ? "" : ", F16, BF16 or F64")")
      }
    }
    guard isTurned(name) else {
      _ = target.update(from: values.prefix(target.count))
      return
    }
    let (rows, columns) = (shape.rows, shape.columns)
    for row in 0..<rows {
      for column in 0..<columns { target[row * columns + column] = values[column * rows + row] }
    }
  }

  /// How many rows of a longer table are left out; nil where none are.
  func rowsLeftOut(of name: String, _ shape: Shape) -> Int? {
    guard name == Self.positions, let found = self.shape(of: name), isAtLeast(found, shape.dimensions),
      found[0] > shape.rows
    else { return nil }
    return found[0] - shape.rows
  }

  private func isAtLeast(_ found: [Int], _ wanted: [Int]) -> Bool {
    found.count == 2 && found[0] >= wanted[0] && found[1] == wanted[1]
  }

  /// A tensor that looks like a weight and is none of these; nil where there is none.
  func stranger(to known: Set<String>) -> String? {
    let names = Set(known.map { name(in: $0) })
    let others = file.tensors.map { (name: $0.name, shape: Shape($0.shape)) }
    let roles = ParameterRole.inferred(for: others)
    for (other, role) in zip(others, roles) where role != nil && !names.contains(other.name) {
      if !isMask(other.name) && !isTableAgain(other.name) { return other.name }
    }
    return nil
  }

  /// What GPT-2's files have of masks: `h.0.attn.bias`.
  private func isMask(_ name: String) -> Bool {
    parameters.contains { $0.name == Self.table }
      && (name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias"))
  }

  /// Whether it is the head that is the token table.
  private func isTableAgain(_ name: String) -> Bool {
    name == Self.head && file[name]?.bytes == file[self.name(in: Self.table)]?.bytes
  }
}
