import DownhillFiles
import Foundation

/// Images in a folder a class: decoded when they are wanted.
struct FolderImages: ImageStore {
  let side: Int
  let labels: [String]
  private let files: [(path: String, label: Int)]

  var count: Int { files.count }
  var channels: Int { 3 }
  var rows: Int { side }
  var columns: Int { side }

  /// Lists the images of a folder: `CLASS/…/FILE.png`, `.jpg` or `.jpeg`, however deep below the class. Classes are in
  /// the order of their names' bytes, and images in that of their paths.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - side: Rows and columns that each image is resized to.
  ///   - known: The classes where another part of the set has told them; others are an error.
  /// - Throws: `FileError` where the folder cannot be read, or has fewer than two classes, or a class no image.
  init(_ path: String, side: Int, classes known: [String]? = nil) throws(FileError) {
    self.side = side
    let folders = try Self.folders(in: path)
    labels = known ?? folders
    var places: [String: Int] = [:]
    for (place, label) in labels.enumerated() { places[label] = place }
    var files: [(path: String, label: Int)] = []
    for folder in folders {
      guard let label = places[folder] else {
        throw FileError(
          kind: .data, path: path + "/" + folder, message: "a class that the training images do not have")
      }
      let found = Self.images(below: path + "/" + folder)
      if found.isEmpty, known == nil {
        throw FileError(
          kind: .data, path: path + "/" + folder, message: "no PNG or JPEG file in the folder of a class")
      }
      files += found.map { ($0, label) }
    }
    guard labels.count >= 2, !files.isEmpty else {
      throw FileError(
        kind: .data, path: path, message: "found \(labels.count) folders of images, expected one a class, at least two")
    }
    self.files = files
  }

  func label(of place: Int) -> Int { files[place].label }

  /// The file of an image.
  func path(of place: Int) -> String { files[place].path }

  func read(_ place: Int, to pixels: UnsafeMutableBufferPointer<UInt8>) throws(FileError) {
    try ImageFile.read(files[place].path, side: side, to: pixels)
  }

  /// The names of the folders in a folder.
  static func folders(in path: String) throws(FileError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileError(kind: .input, path: path, message: "the folder cannot be read")
    }
    return names.filter { !$0.hasPrefix(".") && isFolder(path + "/" + $0) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func isFolder(_ path: String) -> Bool {
    var isDirectory = ObjCBool(false)
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  private static func images(below path: String) -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: path) else { return [] }
    var found: [String] = []
    for case let name as String in walk {
      let ending = fileExtension(of: name).lowercased()
      if ["png", "jpg", "jpeg"].contains(ending), !isFolder(path + "/" + name) { found.append(path + "/" + name) }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
