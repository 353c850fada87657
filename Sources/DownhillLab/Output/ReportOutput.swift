import DownhillFiles

/// A file that a report is written to, as a drawing or as data; its extension says which.
public struct ReportOutput: Sendable {
  private enum Form: String, CaseIterable {
    case svg, png, pdf, json
  }

  /// The extensions that are known.
  public static let extensions = Form.allCases.map { $0.rawValue }

  private let path: String
  private let form: Form

  /// Checks a path before the work is done.
  /// - Throws: `CommandFailure` for an extension that is unknown, a folder that is missing, or a directory.
  public init(path: String) throws {
    self.path = path
    let suffix = fileExtension(of: path)
    guard let form = Form(rawValue: suffix.lowercased()) else {
      let known = Form.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      throw CommandFailure.usage("--out \(path): unknown extension \"\(suffix)\"; there are \(known)")
    }
    self.form = form
    try checkOutput(path)
  }

  /// Writes all files, or none where one of them cannot be made or written.
  /// - Parameters:
  ///   - drawing: The SVG, made where a file wants it.
  ///   - data: The JSON.
  ///   - outputs: The files.
  /// - Throws: `CommandFailure` where there is no PNG, `FileError` for a file.
  public static func write(
    _ drawing: @autoclosure () -> String, _ data: @autoclosure () -> JSON, to outputs: [ReportOutput]
  ) async throws {
    var files: [(path: String, append: (inout AtomicWrite) throws -> Void)] = []
    for output in outputs {
      let bytes: [UInt8] =
        switch output.form {
        case .svg: Array(drawing().utf8)
        case .json: Array((data().serialized + "\n").utf8)
        case .png: try await PictureProgram.png(of: drawing(), zoom: 2)
        case .pdf: try await PictureProgram.pdf(of: drawing())
        }
      files.append((output.path, { try $0.write(bytes) }))
    }
    try writeTogether(files)
  }
}
