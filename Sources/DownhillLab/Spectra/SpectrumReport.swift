import DownhillBase
public import DownhillFiles
import DownhillKernels

/// The singular values of every matrix of a safetensors file, as they are and behind an orthogonaliser.
public struct SpectrumReport: Sendable {
  /// One matrix of the file.
  public struct Matrix: Sendable {
    public let name: String
    /// As the file has it; seen as (first dimension) × (product of the others).
    public let shape: [Int]
    /// The type of its numbers in the file.
    public let type: ElementType
    public let before: MatrixSpectrum
    /// Behind the orthogonaliser, where one was chosen.
    public let after: MatrixSpectrum?
  }

  public let path: String
  public let orthogonalizer: MatrixOrthogonalizer?
  /// In the order of the file.
  public let matrices: [Matrix]
  /// Tensors of two dimensions or more that were left out, each with the reason; others are no matrices.
  public let skipped: [(name: String, reason: String)]

  /// Reads a file and decomposes its matrices.
  /// - Parameters:
  ///   - path: A safetensors file.
  ///   - names: The tensors to take; all matrices where empty.
  ///   - orthogonalizer: What to do to each of them, where anything.
  /// - Throws: `FileError` for a file that cannot be read, is malformed, or holds a number that is not finite or no matrix
  ///   at all.
  public init(of path: String, names: [String] = [], orthogonalizer: MatrixOrthogonalizer? = nil) throws {
    let file = try SafetensorsFile(contentsOf: path)
    for name in names where file[name] == nil {
      let known = excerpt(ofNames: file.tensors.map(\.name))
      throw FileError(kind: .data, path: path, message: "there is no tensor \(excerpt(name)); there are \(known)")
    }
    let wanted = Set(names)
    let tensors = file.tensors.filter { names.isEmpty ? $0.shape.count >= 2 : wanted.contains($0.name) }
    var skipped: [(name: String, reason: String)] = []
    var sources: [Source] = []
    for tensor in tensors {
      if let reason = Source.refusal(of: tensor) {
        skipped.append((tensor.name, reason))
      } else {
        sources.append(try Source(tensor, path: path))
      }
    }
    guard !sources.isEmpty else {
      let left = skipped.first.map { ": \(excerpt($0.name)) \($0.reason)" } ?? ""
      throw FileError(kind: .data, path: path, message: "there is no matrix of floating-point numbers in it\(left)")
    }
    let progress = Progress("decomposing", total: sources.count)
    defer { progress.finish() }
    self.path = path
    self.orthogonalizer = orthogonalizer
    self.skipped = skipped
    let decomposed = { (source: Source) in
      defer { progress.advance() }
      return source.decomposed(by: orthogonalizer)
    }
    // A large one takes all cores by itself.
    matrices = sources.contains(where: \.isLarge) ? sources.map(decomposed) : concurrentMap(sources, decomposed)
  }
}

/// A matrix of the file with its numbers.
private struct Source {
  let tensor: TensorData
  let values: [Double]
  var rows: Int { tensor.shape[0] }
  var columns: Int { values.count / max(rows, 1) }
  var isLarge: Bool { min(rows, columns) > SingularValues.mostByRotation }

  /// Why a tensor has no singular values, if it has none.
  static func refusal(of tensor: TensorData) -> String? {
    guard tensor.shape.count >= 2 else { return "is no matrix" }
    switch tensor.type {
    case .float64, .float32, .float16, .bfloat16: break
    default: return "is of type \(tensor.type.rawValue)"
    }
    return tensor.shape.contains(0) ? "is empty" : nil
  }

  init(_ tensor: TensorData, path: String) throws(FileError) {
    self.tensor = tensor
    values = tensor.wideValues
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        kind: .data, path: path,
        message: "number \(place) of tensor \(excerpt(tensor.name)) is \(values[place]); a matrix must be finite")
    }
  }

  func decomposed(by orthogonalizer: MatrixOrthogonalizer?) -> SpectrumReport.Matrix {
    var after: [Double]?
    if let orthogonalizer {
      after =
        tensor.type == .float64
        ? orthogonalizer(values, rows: rows, columns: columns, with: isLarge ? .accelerated : Double.plainMachine)
        : orthogonalizer(values, rows: rows, columns: columns, with: isLarge ? .accelerated : Float.plainMachine)
    }
    let spectrum = { (values: [Double]) in
      MatrixSpectrum(SingularValues.of(values, rows: rows, columns: columns))
    }
    return SpectrumReport.Matrix(
      name: tensor.name, shape: tensor.shape, type: tensor.type, before: spectrum(values), after: after.map(spectrum))
  }
}

extension SpectrumReport {
  /// What `--format json` prints.
  public var json: JSON {
    .object([
      ("file", .text(path)), ("orthogonalizer", orthogonalizer.map { .text($0.text) } ?? .null),
      ("matrices", .array(matrices.map { Self.json(of: $0) })),
      (
        "skipped",
        .array(skipped.map { .object([("name", .text($0.name)), ("reason", .text($0.reason))]) })
      ),
    ])
  }

  private static func json(of matrix: Matrix) -> JSON {
    let head: [(key: String, value: JSON)] = [
      ("name", .text(matrix.name)), ("shape", .array(matrix.shape.map { .integer($0) })),
      ("type", .text(matrix.type.rawValue)),
    ]
    let after = matrix.after.map { after in
      [(key: "orthogonalized", value: JSON.object(after.json + [("deviation", .number(after.deviation))]))]
    }
    return .object(head + matrix.before.json + (after ?? []))
  }

  /// A table for a terminal: a line a matrix, and one behind the orthogonaliser.
  public var text: String {
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [("matrix", .left), ("shape", .left)]
    if orthogonalizer != nil { columns.append(("", .left)) }
    columns += [
      ("largest σ", .right), ("smallest σ", .right), ("condition", .right), ("stable rank", .right),
      ("orthogonality error", .right),
    ]
    if orthogonalizer != nil { columns.append(("rms of σ − 1", .right)) }
    var table = TextTable(columns)
    for matrix in matrices {
      let shape = matrix.shape.map { "\($0)" }.joined(separator: " × ")
      let cells = Self.cells(of: matrix.before)
      guard let after = matrix.after, let orthogonalizer else {
        table.add([Self.plain(matrix.name), shape] + cells)
        continue
      }
      table.add([Self.plain(matrix.name), shape, "as read"] + cells + [readable(matrix.before.deviation)])
      table.add(["", "", orthogonalizer.text] + Self.cells(of: after) + [readable(after.deviation)])
    }
    let notes = skipped.map { "\nleft out: \(excerpt($0.name)) \($0.reason)" }.joined()
    return table.text + notes + (notes.isEmpty ? "" : "\n")
  }

  /// On one line and of bounded length, without quotes.
  private static func plain(_ name: String) -> String { String(excerpt(name, limit: 80).dropFirst().dropLast()) }

  private static func cells(of spectrum: MatrixSpectrum) -> [String] {
    let values = [
      spectrum.sigma.first ?? 0, spectrum.sigma.last ?? 0, spectrum.condition, spectrum.stableRank,
      spectrum.orthogonalityError,
    ]
    return values.map { $0.isNaN ? "–" : readable($0) }
  }
}
