import CImages
import DownhillFiles

/// A PNG or JPEG file, told by its first bytes and not by its name.
enum ImageFile {
  private enum Format {
    case png
    case jpeg
  }

  /// What an image may have at most, before it is decoded: 100 million pixels.
  private static let pixelLimit = 100_000_000

  /// Decodes an image to RGB, cuts out the largest square from its middle where it is not square, and resizes that.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - side: Rows and columns of the result.
  ///   - pixels: 3 × side × side bytes, plane by plane.
  /// - Throws: `FileError` of kind `.data` for what is no PNG or JPEG, is damaged, or has too many pixels.
  static func read(_ path: String, side: Int, to pixels: UnsafeMutableBufferPointer<UInt8>) throws(FileError) {
    try read(FileBytes(contentsOf: path), path: path, side: side, to: pixels)
  }

  static func read(
    _ bytes: FileBytes, path: String, side: Int, to pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws(FileError) {
    try bytes.withUnsafeBytes { (bytes) throws(FileError) in
      let format = try format(of: bytes, path: path)
      // Twice what is wanted, so that the filter of `ImageResizing` still decides what is seen.
      let least = 2 * side
      let size = try size(of: bytes, format, least: least, path: path)
      let (rows, columns) = (Int(size.decoded_rows), Int(size.decoded_columns))
      var decoded = [UInt8](repeating: 0, count: rows * columns * 3)
      try call(path) { message in
        let (source, count) = (bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        let capacity = decoded.count
        return format == .png
          ? dh_png_decode(source, count, &decoded, capacity, message)
          : dh_jpeg_decode(source, count, Int32(least), &decoded, capacity, message)
      }
      ImageResizing(rows: rows, columns: columns, crop: ImageCrop(of: size), side: side).resize(decoded, to: pixels)
    }
  }

  /// The size that a file's header tells.
  static func size(of path: String) throws(FileError) -> (rows: Int, columns: Int) {
    try FileBytes(contentsOf: path).withUnsafeBytes { (bytes) throws(FileError) in
      let size = try size(of: bytes, try format(of: bytes, path: path), least: 0, path: path)
      return (Int(size.rows), Int(size.columns))
    }
  }

  private static func format(of bytes: UnsafeRawBufferPointer, path: String) throws(FileError) -> Format {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    throw FileError(kind: .data, path: path, message: "neither PNG nor JPEG by its first bytes")
  }

  private static func size(
    of bytes: UnsafeRawBufferPointer, _ format: Format, least: Int, path: String
  ) throws(FileError) -> dh_image_size {
    var size = dh_image_size()
    try call(path) { message in
      let source = bytes.bindMemory(to: UInt8.self).baseAddress
      return format == .png
        ? dh_png_size(source, bytes.count, &size, message)
        : dh_jpeg_size(source, bytes.count, Int32(least), &size, message)
    }
    guard size.rows > 0, size.columns > 0, Int(size.rows) * Int(size.columns) <= pixelLimit else {
      let message = "\(size.columns) × \(size.rows) pixels, expected at most \(pixelLimit) in all"
      throw FileError(kind: .data, path: path, message: message)
    }
    return size
  }

  private static func call(
    _ path: String, _ body: (UnsafeMutablePointer<CChar>?) -> Int32
  ) throws(FileError) {
    var message = [CChar](repeating: 0, count: Int(DH_MESSAGE_SIZE))
    let status = message.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    guard status != 0 else { return }
    let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw FileError(kind: .data, path: path, message: "the image is damaged: \(reason)")
  }
}

/// The largest square in the middle of an image, in pixels of the decoded one, which may be smaller than the whole.
struct ImageCrop {
  let top, left, side: Double

  init(of size: dh_image_size) {
    let (rows, columns, scale) = (Int(size.rows), Int(size.columns), Double(size.denominator))
    let square = min(rows, columns)
    (top, left) = (Double((rows - square) / 2) / scale, Double((columns - square) / 2) / scale)
    side = Double(square) / scale
  }
}

/// A square of an image, made larger or smaller: each pixel is the mean of what it covers of the source where that is more
/// than a pixel, else interpolated between the nearest four.
struct ImageResizing {
  let rows, columns: Int
  let crop: ImageCrop
  let side: Int

  /// - Parameters:
  ///   - source: rows × columns × 3, colours side by side.
  ///   - target: 3 × side × side, plane by plane.
  func resize(_ source: [UInt8], to target: UnsafeMutableBufferPointer<UInt8>) {
    let (down, across) = (weights(rows, from: crop.top), weights(columns, from: crop.left))
    var strip = [Float](repeating: 0, count: columns * 3)
    for row in 0..<side {
      for place in strip.indices { strip[place] = 0 }
      for (weight, line) in zip(down[row].weights, down[row].first...) {
        for place in strip.indices { strip[place] += weight * Float(source[line * columns * 3 + place]) }
      }
      for column in 0..<side {
        for colour in 0..<3 {
          var sum: Float = 0
          for (weight, place) in zip(across[column].weights, across[column].first...) {
            sum += weight * strip[place * 3 + colour]
          }
          target[(colour * side + row) * side + column] = UInt8(min(max(sum.rounded(), 0), 255))
        }
      }
    }
  }

  /// For each target the first source and the weights of it and its neighbours within the crop: a triangle as wide as the
  /// scale, at least one pixel to each side (Pillow's "bilinear" with its antialiasing).
  private func weights(_ count: Int, from start: Double) -> [(first: Int, weights: [Float])] {
    let scale = crop.side / Double(side)
    let radius = max(scale, 1)
    let lower = min(Int(start), count - 1)
    let upper = max(min(Int((start + crop.side).rounded(.up)), count), lower + 1)
    return (0..<side).map { place in
      let centre = start + (Double(place) + 0.5) * scale
      let first = min(max(Int((centre - radius + 0.5).rounded(.down)), lower), upper - 1)
      let last = max(min(Int((centre + radius + 0.5).rounded(.down)), upper), first + 1)
      let raw = (first..<last).map { max(1 - abs(Double($0) + 0.5 - centre) / radius, 0) }
      let sum = raw.reduce(0, +)
      return (first, raw.map { Float(sum > 0 ? $0 / sum : 1 / Double(raw.count)) })
    }
  }
}
