import DownhillFiles
import Foundation

extension DataSplit {
  /// A data set in a file or a folder, by what is found there.
  ///
  /// - Throws: `FileError` that names the file, what was found and what was expected.
  static func reading(_ path: String, _ options: DataOptions) throws -> DataSplit {
    if FolderImages.isFolder(path) { return try folder(path, options) }
    switch fileExtension(of: path).lowercased() {
    case "csv": return try table(path, options)
    case "bin":
      let images = try CIFARFiles.read([path], .ten)
      return try self.images(path, images, heldOut: nil, labels: CIFARFiles.tenLabels, options)
    case "png", "jpg", "jpeg":
      throw FileError(kind: .data, path: path, message: "one image; expected the folder that holds a folder a class")
    case "gz":
      throw FileError(kind: .data, path: path, message: "one gzipped file; expected the folder of an IDX set, or text")
    default: return try text(readTextFile(path), name: path, options)
    }
  }

  private static func folder(_ path: String, _ options: DataOptions) throws -> DataSplit {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw FileError(kind: .input, path: path, message: "the folder cannot be read")
    }
    let binary = names.filter { $0.hasSuffix(".bin") }
    if !binary.isEmpty { return try cifar(path, binary, options) }
    let arrays = names.filter { $0.contains("images") && $0.contains("idx3") }
    if !arrays.isEmpty { return try idx(path, names, arrays, options) }
    let texts = names.filter { ["txt", "csv"].contains(fileExtension(of: $0).lowercased()) }
    let folders = try FolderImages.folders(in: path)
    if folders.isEmpty {
      if texts.count == 1 { return try reading(path + "/" + texts[0], options) }
      let message =
        "a folder without data that is known: expected CIFAR's .bin files, IDX files (…images-idx3-ubyte), or a folder"
        + " of images a class, in train and val or at once"
      throw FileError(kind: .data, path: path, message: message)
    }
    return try imageFolder(path, folders, options)
  }

  private static func cifar(_ path: String, _ names: [String], _ options: DataOptions) throws -> DataSplit {
    let isHundred = names.contains("train.bin")
    let kind = isHundred ? CIFARFiles.Kind.hundred : .ten
    let test = names.filter { $0.hasPrefix("test") }
    let train = names.filter { !$0.hasPrefix("test") }
    guard !train.isEmpty else {
      throw FileError(kind: .data, path: path, message: "files of test images and none to train on")
    }
    let images = try CIFARFiles.read(train.map { path + "/" + $0 }, kind)
    let heldOut = test.isEmpty ? nil : try CIFARFiles.read(test.map { path + "/" + $0 }, kind)
    var remarks: [String] = []
    if images.count != 50_000 { remarks.append("\(images.count) of the 50000 training images of \(kind.name)") }
    if let heldOut, heldOut.count != 10_000 {
      remarks.append("\(heldOut.count) of the 10000 test images of \(kind.name)")
    }
    let labels = isHundred ? hundredLabels(path) : CIFARFiles.tenLabels
    return try self.images(path, images, heldOut: heldOut, labels: labels, options, remarks: remarks)
  }

  /// The names in `fine_label_names.txt` beside the images, or numbers.
  private static func hundredLabels(_ path: String) -> [String] {
    let text = (try? readTextFile(path + "/fine_label_names.txt")) ?? ""
    let names = text.split(whereSeparator: \.isNewline).map { excerpt($0, limit: 40).dropFirst().dropLast() }
    return names.count == 100 ? names.map(String.init) : (0..<100).map(String.init)
  }

  private static func idx(
    _ path: String, _ names: [String], _ arrays: [String], _ options: DataOptions
  ) throws -> DataSplit {
    func isTest(_ name: String) -> Bool { name.contains("t10k") || name.contains("test") }
    func read(_ images: String) throws(FileError) -> PlanarImages {
      let stem = images.replacingOccurrences(of: "images", with: "labels")
        .replacingOccurrences(of: "idx3", with: "idx1")
      let other = stem.hasSuffix(".gz") ? String(stem.dropLast(3)) : stem + ".gz"
      guard let labels = [stem, other].first(where: { names.contains($0) }) else {
        throw FileError(kind: .data, path: path + "/" + images, message: "no labels beside it, expected \(stem)")
      }
      return try idx(path + "/" + images, path + "/" + labels)
    }
    let train = arrays.filter { !isTest($0) }
    guard let first = train.first else {
      throw FileError(kind: .data, path: path, message: "files of test images and none to train on")
    }
    guard train.count == 1 || Set(train.map { $0.replacingOccurrences(of: ".gz", with: "") }).count == 1 else {
      throw FileError(
        kind: .data, path: path, message: "several sets, \(excerpt(ofNames: train)): give each a folder of its own")
    }
    let images = try read(first)
    let heldOut = try arrays.first(where: isTest).map(read)
    let classes = (0..<images.count).reduce(0) { max($0, images.label(of: $1)) } + 1
    if let heldOut {
      guard (heldOut.rows, heldOut.columns) == (images.rows, images.columns) else {
        throw FileError(
          kind: .data, path: path,
          message:
            "test images of \(heldOut.rows) × \(heldOut.columns), those to train on are \(images.rows) × \(images.columns)"
        )
      }
      if let place = (0..<heldOut.count).first(where: { heldOut.label(of: $0) >= classes }) {
        throw FileError(
          kind: .data, path: path,
          message: "test image \(place) has class \(heldOut.label(of: place)), which no training image has")
      }
    }
    return try self.images(path, images, heldOut: heldOut, labels: (0..<classes).map(String.init), options)
  }

  private static func idx(_ imagePath: String, _ labelPath: String) throws(FileError) -> PlanarImages {
    let images = try IDXArray(contentsOf: imagePath, dimensionCount: 3)
    let labels = try IDXArray(contentsOf: labelPath, dimensionCount: 1)
    let (count, rows, columns) = (images.dimensions[0], images.dimensions[1], images.dimensions[2])
    guard labels.dimensions[0] == count else {
      throw FileError(
        kind: .data, path: labelPath, message: "\(labels.dimensions[0]) labels, but \(imagePath) has \(count) images")
    }
    let part = PlanarImages.Part(bytes: images.bytes, start: 0, stride: rows * columns, count: count)
    return PlanarImages(
      [part], labels: labels.bytes.withUnsafeBytes { $0.map { Int32($0) } }, channels: 1, rows: rows, columns: columns)
  }

  private static func imageFolder(_ path: String, _ folders: [String], _ options: DataOptions) throws -> DataSplit {
    guard folders.contains("train") else {
      let images = try FolderImages(path, side: options.side)
      return try self.images(path, images, heldOut: nil, labels: images.labels, options, measured: 1000)
    }
    let images = try FolderImages(path + "/train", side: options.side)
    let other = ["val", "test"].first { folders.contains($0) }
    let heldOut = try other.map { (name) throws(FileError) in
      try FolderImages(path + "/" + name, side: options.side, classes: images.labels)
    }
    return try self.images(path, images, heldOut: heldOut, labels: images.labels, options, measured: 1000)
  }
}
