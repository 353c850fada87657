import DownhillFiles

/// CIFAR-10's and CIFAR-100's binary files: an image is its class in one byte (CIFAR-100: the coarse and the fine class in
/// two), then 3 planes of 32 × 32 bytes. Krizhevsky 2009, *Learning Multiple Layers of Features from Tiny Images*.
enum CIFARFiles {
  /// Which of the two sets.
  enum Kind {
    case ten
    case hundred

    var classes: Int { self == .ten ? 10 : 100 }
    var labelBytes: Int { self == .ten ? 1 : 2 }
    var recordBytes: Int { labelBytes + imageBytes }
    var name: String { self == .ten ? "CIFAR-10" : "CIFAR-100" }
  }

  private static let imageBytes = 3 * 32 * 32

  /// The names of CIFAR-10's classes, which its binary form leaves to another file.
  static let tenLabels = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Reads files, one behind the other.
  ///
  /// - Throws: `FileError` of kind `.data` for a file that does not consist of whole images, or has a class that there is
  ///   not.
  static func read(_ paths: [String], _ kind: Kind) throws(FileError) -> PlanarImages {
    var parts: [PlanarImages.Part] = []
    var labels: [Int32] = []
    for path in paths {
      let bytes = try FileBytes(contentsOf: path)
      let (count, rest) = bytes.count.quotientAndRemainder(dividingBy: kind.recordBytes)
      guard rest == 0 else {
        let message =
          "\(bytes.count) bytes are \(count) images of \(kind.recordBytes) bytes and \(rest) more: the file is"
          + " truncated, or not \(kind.name)'s"
        throw FileError(kind: .data, path: path, message: message)
      }
      for image in 0..<count {
        let label = bytes.withUnsafeBytes { $0[image * kind.recordBytes + kind.labelBytes - 1] }
        guard label < kind.classes else {
          let message = "image \(image) has class \(label), expected one below \(kind.classes)"
          throw FileError(kind: .data, path: path, message: message)
        }
        labels.append(Int32(label))
      }
      parts.append(.init(bytes: bytes, start: kind.labelBytes, stride: kind.recordBytes, count: count))
    }
    return PlanarImages(parts, labels: labels, channels: 3, rows: 32, columns: 32)
  }
}
