import DownhillFiles

/// Images of one size, each with a class.
protocol ImageStore: Sendable {
  var count: Int { get }
  var channels: Int { get }
  var rows: Int { get }
  var columns: Int { get }

  /// The class of an image.
  func label(of place: Int) -> Int

  /// Writes an image as bytes, [channels, rows, columns].
  func read(_ place: Int, to pixels: UnsafeMutableBufferPointer<UInt8>) throws(FileError)
}

extension ImageStore {
  /// The bytes of an image.
  var byteCount: Int { channels * rows * columns }
}

/// Images whose bytes lie in files plane by plane, or in memory.
struct PlanarImages: ImageStore {
  /// Images at equal distances.
  struct Part: Sendable {
    let bytes: FileBytes
    /// Where the first image begins.
    let start: Int
    /// How far it is to the next.
    let stride: Int
    let count: Int
  }

  let channels, rows, columns: Int
  private let parts: [Part]
  private let labels: [Int32]
  /// How many images lie before each part.
  private let firsts: [Int]

  init(_ parts: [Part], labels: [Int32], channels: Int, rows: Int, columns: Int) {
    (self.channels, self.rows, self.columns) = (channels, rows, columns)
    self.parts = parts
    self.labels = labels
    var firsts = [0]
    for part in parts { firsts.append(firsts[firsts.count - 1] + part.count) }
    self.firsts = firsts
  }

  var count: Int { labels.count }

  func label(of place: Int) -> Int { Int(labels[place]) }

  func read(_ place: Int, to pixels: UnsafeMutableBufferPointer<UInt8>) throws(FileError) {
    var number = parts.count - 1
    while number > 0, firsts[number] > place { number -= 1 }
    let part = parts[number]
    let start = part.start + (place - firsts[number]) * part.stride
    part.bytes.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(pixels).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + byteCount]))
    }
  }
}
