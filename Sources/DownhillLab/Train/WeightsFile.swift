import Downhill
import DownhillBase
package import DownhillFiles
package import DownhillNN

/// The weights and running statistics of a network in a safetensors file, and nothing else.
package enum WeightsFile {
  /// - Throws: `FileError` where it cannot be written; nothing half-written is left.
  package static func write(_ store: ParameterStore, to path: String) throws {
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

  /// Takes over the weights of exactly this network, as this program has written them.
  /// - Throws: `FileError` that names the tensor that is missing, left over, or of another shape or type.
  static func read(_ path: String, into store: ParameterStore) throws(FileError) {
    _ = try taken(from: path, into: store, isOwn: true) { _ in false }
  }

  /// Takes over the weights of exactly this network, whoever has written them (`WeightSource`).
  /// - Returns: Sentences about what is not as in the file.
  /// - Throws: As `read` does.
  static func readPublished(_ path: String, into store: ParameterStore) throws(FileError) -> [String] {
    try taken(from: path, into: store, isOwn: false) { _ in false }
  }

  /// Takes over what a network has in common with another: all but a head of another size, which keeps its start.
  /// - Returns: Sentences about what is not as in the file.
  /// - Throws: `FileError` that names another tensor that is missing, left over, or of another shape or type.
  package static func adopt(_ path: String, into store: ParameterStore) throws(FileError) -> [String] {
    // With a head goes its bias.
    let heads = store.parameters.filter { $0.role == .head }.map { $0.name.split(separator: ".").dropLast() }
    return try taken(from: path, into: store, isOwn: false) { parameter in
      let stem = parameter.name.split(separator: ".").dropLast()
      return parameter.role == .head || (parameter.role == .bias && heads.contains { $0.elementsEqual(stem) })
    }
  }

  private static func taken(
    from path: String, into store: ParameterStore, isOwn: Bool, startingAnew isFree: (NetworkParameter) -> Bool
  ) throws(FileError) -> [String] {
    let source = try WeightSource(contentsOf: path, for: store.parameters)
    var known = Set<String>(), notes = [String]()
    for (place, parameter) in store.parameters.enumerated() {
      known.insert(parameter.name)
      if isFree(parameter), source.shape(of: parameter.name) != parameter.shape.dimensions {
        notes.append("\(parameter.name) has another size in \(path): it starts anew")
        continue
      }
      try source.copy(parameter.name, parameter.shape, to: store.weights(of: place), isOwn: isOwn)
      if let count = source.rowsLeftOut(of: parameter.name, parameter.shape) {
        notes.append("\(parameter.name) has \(count) more rows in \(path): the first \(parameter.shape.rows) are taken")
      }
    }
    for (place, buffer) in store.buffers.enumerated() {
      known.insert(buffer.name)
      try source.copy(buffer.name, buffer.shape, to: store.numbers(ofBuffer: place), isOwn: isOwn)
    }
    if let name = source.stranger(to: known) {
      throw FileError(kind: .data, path: path, message: "tensor \"\(name)\" is none of this network's")
    }
    return notes
  }
}
