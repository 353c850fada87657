import Downhill
import DownhillBase
import DownhillFiles
import DownhillNN

/// The weights and running statistics of a network in a safetensors file, and nothing else.
enum WeightsFile {
  /// - Throws: `FileError` where it cannot be written; nothing half-written is left.
  static func write(_ store: ParameterStore, to path: String) throws {
    try naming(path) { try SafetensorsFile(tensors(of: store)) }.write(to: path)
  }

  /// Parameters, then buffers.
  static func tensors(of store: ParameterStore) throws(SafetensorsError) -> [TensorData] {
    var tensors = [TensorData]()
    for (place, parameter) in store.parameters.enumerated() {
      tensors.append(
        try TensorData(
          name: parameter.name, shape: parameter.shape.dimensions, values: Array(store.weights(of: place))))
    }
    for (place, buffer) in store.buffers.enumerated() {
      tensors.append(
        try TensorData(
          name: buffer.name, shape: buffer.shape.dimensions, values: Array(store.numbers(ofBuffer: place))))
    }
    return tensors
  }

  /// Takes over the weights of exactly this network.
  /// - Throws: `FileError` that names the tensor that is missing, left over, or of another shape or type.
  static func read(_ path: String, into store: ParameterStore) throws(FileError) {
    let file = try SafetensorsFile(contentsOf: path)
    if let name = try taken(from: file, path, into: store, startingAnew: { _ in false }).first {
      throw FileError(kind: .data, path: path, message: "tensor \"\(name)\" is of another network")
    }
  }

  /// Takes over what a network has in common with another: all but a head of another size, which keeps its start.
  /// - Returns: The parameters that start anew.
  /// - Throws: `FileError` that names another tensor that is missing, left over, or of another shape or type.
  static func adopt(_ path: String, into store: ParameterStore) throws(FileError) -> [String] {
    // With a head goes its bias.
    let heads = store.parameters.filter { $0.role == .head }.map { $0.name.split(separator: ".").dropLast() }
    return try taken(from: try SafetensorsFile(contentsOf: path), path, into: store) { parameter in
      let stem = parameter.name.split(separator: ".").dropLast()
      return parameter.role == .head || (parameter.role == .bias && heads.contains { $0.elementsEqual(stem) })
    }
  }

  private static func taken(
    from file: SafetensorsFile, _ path: String, into store: ParameterStore,
    startingAnew isFree: (NetworkParameter) -> Bool
  ) throws(FileError) -> [String] {
    func refuse(_ message: String) -> FileError { FileError(kind: .data, path: path, message: message) }
    var known = Set<String>(), anew = [String]()
    for (place, parameter) in store.parameters.enumerated() {
      known.insert(parameter.name)
      let found = file[parameter.name]
      if isFree(parameter), found?.shape != parameter.shape.dimensions {
        anew.append(parameter.name)
        continue
      }
      try copy(found, parameter.name, parameter.shape, to: store.weights(of: place), path)
    }
    for (place, buffer) in store.buffers.enumerated() {
      known.insert(buffer.name)
      try copy(file[buffer.name], buffer.name, buffer.shape, to: store.numbers(ofBuffer: place), path)
    }
    let others = file.tensors.map { (name: $0.name, shape: Shape($0.shape)) }
    let roles = ParameterRole.inferred(for: others)
    for (other, role) in zip(others, roles) where role != nil && !known.contains(other.name) {
      throw refuse("tensor \"\(other.name)\" is none of this network's")
    }
    return anew
  }

  private static func copy(
    _ tensor: TensorData?, _ name: String, _ shape: Shape, to target: UnsafeMutableBufferPointer<Float>, _ path: String
  ) throws(FileError) {
    func refuse(_ message: String) -> FileError {
      FileError(kind: .data, path: path, message: "tensor \"\(name)\": \(message)")
    }
    guard let tensor else { throw refuse("not there, but the network has it") }
    guard tensor.shape == shape.dimensions else { throw refuse("shape \(tensor.shape), the network's is \(shape)") }
    let values: [Float]
    do { values = try tensor.values() } catch { throw refuse("type \(tensor.type.rawValue), expected F32") }
    _ = target.update(from: values)
  }
}
