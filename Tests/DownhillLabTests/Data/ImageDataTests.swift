import DownhillBase
import DownhillFiles
import DownhillLab
import Foundation
import TestSupport
import Testing

@Suite("Images to train on")
struct ImageDataTests {
  private struct Pixels: Decodable {
    let side: Int
    let pixels: [String: [UInt8]]
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let plain: DataOptions = {
    var options = DataOptions()
    options.isNormalized = false
    return options
  }()

  /// All samples of a set, in its order, as bytes.
  private func bytes(_ set: any SampleSet) throws -> [[Int]] {
    let batches = OrderedBatches(set, size: 1)
    let batch = batches.makeBatch()
    return try (0..<batches.count).map { number in
      try batches.fill(batch, number: number)
      return batch.numbers.map { Int(($0 * 255).rounded()) }
    }
  }

  /// Resizing rounds once, Pillow twice; a JPEG that is decoded at half its size is not what Pillow resizes.
  @Test("are Pillow's pixels, of each kind of PNG and JPEG, cut and resized")
  func files() throws {
    let fixtures = Repository.fixtures.appending(path: "images")
    let expected = try JSONDecoder().decode(
      Pixels.self, from: Data(contentsOf: fixtures.appending(path: "pixels.json")))
    #expect(expected.pixels.count == 13)
    for (name, pixels) in expected.pixels {
      let folder = try TemporaryFolder()
      for label in ["a", "b"] {
        _ = try folder.makeFolder(label)
        try FileManager.default.copyItem(
          atPath: fixtures.appending(path: name).plainPath, toPath: folder.file("\(label)/\(name)"))
      }
      var options = Self.plain
      options.side = expected.side
      options.heldOut = 0
      let split = try DataSplit(folder.path, options)
      #expect(split.labels == ["a", "b"])
      for found in try bytes(split.training) {
        let worst = zip(found, pixels).map { abs($0 - Int($1)) }.max() ?? 255
        #expect(worst <= (name == "large.jpg" ? 3 : name == "exact.png" ? 0 : 1), "\(name): \(worst)")
      }
    }
  }

  /// An IDX file of unsigned bytes.
  private static func idx(_ dimensions: [Int], _ bytes: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(dimensions.count)]
      + dimensions.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } } + bytes
  }

  @Test("in IDX files are read with their labels")
  func idx() throws {
    let pixels = (0..<5 * 6).map { UInt8($0 * 8) }
    try folder.write(Self.idx([5, 2, 3], pixels), to: "train-images-idx3-ubyte")
    try folder.write(Self.idx([5], [0, 1, 2, 1, 0]), to: "train-labels-idx1-ubyte")
    try folder.write(Self.idx([2, 2, 3], Array(pixels.prefix(12))), to: "t10k-images-idx3-ubyte")
    try folder.write(Self.idx([2], [2, 1]), to: "t10k-labels-idx1-ubyte")
    let split = try DataSplit(folder.path, Self.plain)
    #expect(split.form.input == .image(channels: 1, rows: 2, columns: 3))
    #expect(split.form.outputs == 3)
    #expect(try bytes(split.training).flatMap { $0 } == pixels.map(Int.init))
    #expect(try #require(split.heldOut).count == 2)
  }

  @Test("in IDX files that lie are refused")
  func lies() throws {
    try folder.write(Self.idx([3], [0, 1, 2]), to: "train-labels-idx1-ubyte")
    let path = folder.file("train-images-idx3-ubyte")
    func message(_ bytes: [UInt8]) throws -> String? {
      try folder.write(bytes, to: "train-images-idx3-ubyte")
      return thrownMessage { _ = try DataSplit(folder.path) }
    }
    let whole = Self.idx([3, 2, 2], Array(repeating: 1, count: 12))
    #expect(try message(whole) == nil)
    #expect(try message(whole.dropLast()) == "\(path): dimensions [3, 2, 2] take 12 bytes, but there are 11")
    #expect(try message(whole + [0]) == "\(path): dimensions [3, 2, 2] take 12 bytes, but there are more")
    #expect(try message(Array(whole.prefix(9))) == "\(path): 9 bytes, but the header takes 16")
    #expect(try message([1] + whole.dropFirst()) == "\(path): no IDX file: it begins with no two zeros")
    #expect(
      try message(Self.idx([3, 2], Array(repeating: 1, count: 6)))
        == "\(path): IDX array of 2 dimensions, expected 3")
    let huge = Self.idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [])
    #expect(try message(huge)?.contains("dimensions [4294967295, 4294967295, 4294967295], expected") == true)
    #expect(try message(Self.idx([3, 0, 2], []))?.contains("expected ones above 0") == true)
    var floats = whole
    floats[2] = 13
    #expect(try message(floats) == "\(path): IDX numbers of type 13, expected 8 (unsigned bytes)")
    let four = Self.idx([4, 2, 2], Array(repeating: 1, count: 16))
    #expect(try message(four)?.contains("train-labels-idx1-ubyte: 3 labels, but") == true)
    #expect(try message([0x1F, 0x8B, 8])?.hasSuffix("the file is truncated") == true)
    #expect(try message([0x1F, 0x8B, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9])?.contains("damaged gzip data") == true)
  }

  @Test("of CIFAR-10 are read plane by plane, and remarked on where only some are there")
  func cifar() throws {
    let image = (0..<3072).map { UInt8($0 & 255) }
    let file = (0..<4).flatMap { [UInt8($0)] + image }
    try folder.write(file, to: "data_batch_1.bin")
    try folder.write(file + file, to: "data_batch_2.bin")
    try folder.write(Array(file.prefix(3073)), to: "test_batch.bin")
    let split = try DataSplit(folder.path, Self.plain)
    #expect(split.training.count == 12)
    #expect(split.heldOut?.count == 1)
    #expect(split.remarks.count == 2)
    #expect(split.labels[3] == "cat")
    #expect(try bytes(split.training).allSatisfy { $0 == image.map(Int.init) })
    try folder.write(Array(file.dropLast(5)), to: "data_batch_2.bin")
    let short = "12287 bytes are 3 images of 3073 bytes and 3068 more: the file is truncated, or not CIFAR-10's"
    #expect(thrownMessage { _ = try DataSplit(folder.path) } == "\(folder.file("data_batch_2.bin")): \(short)")
    try folder.write([10] + image, to: "data_batch_2.bin")
    let label = "image 0 has class 10, expected one below 10"
    #expect(thrownMessage { _ = try DataSplit(folder.path) } == "\(folder.file("data_batch_2.bin")): \(label)")
  }

  @Test("of CIFAR-100 have their fine class")
  func cifarHundred() throws {
    let image = [UInt8](repeating: 7, count: 3072)
    try folder.write([3, 88] + image + [4, 99] + image, to: "train.bin")
    try folder.write([3, 12] + image, to: "test.bin")
    let split = try DataSplit(folder.path)
    #expect(split.form.outputs == 100)
    let batch = OrderedBatches(split.training, size: 2).makeBatch()
    try OrderedBatches(split.training, size: 2).fill(batch, number: 0)
    #expect(Array(batch.classes) == [88, 99])
    // A channel that never varies is left as it is.
    #expect(batch.numbers.allSatisfy { $0 == 0 })
  }

  @Test(
    "of the real CIFAR-10 have mean 0 and deviation 1",
    .enabled(if: Repository.hasSharedData, "needs ../shared/data beside the repository"))
  func real() throws {
    let split = try DataSplit(Repository.data("cifar10"))
    #expect(split.training.count == 10_000 && split.heldOut?.count == 1017)
    let batches = OrderedBatches(split.training, size: 500, limit: 500)
    let batch = batches.makeBatch()
    try batches.fill(batch, number: 0)
    let mean = batch.numbers.reduce(0) { $0 + Double($1) } / Double(batch.numbers.count)
    let square = batch.numbers.reduce(0) { $0 + Double($1) * Double($1) } / Double(batch.numbers.count)
    #expect(abs(mean) < 0.05 && abs(square - 1) < 0.05)
    #expect(Set(batch.classes) == Set(0..<10))
  }

  @Test("that are damaged are named when they are wanted")
  func damaged() throws {
    let good = try [UInt8](Data(contentsOf: Repository.fixtures.appending(path: "images/large.jpg")))
    let png = try [UInt8](Data(contentsOf: Repository.fixtures.appending(path: "images/rgb.png")))
    for label in ["a", "b"] { _ = try folder.makeFolder(label) }
    try folder.write(png, to: "a/1.png")
    func message(_ bytes: [UInt8]) throws -> String {
      try folder.write(bytes, to: "b/2.jpg")
      var options = DataOptions()
      options.heldOut = 0
      return thrownMessage { _ = try DataSplit(folder.path, options) } ?? "none"
    }
    #expect(try message(good) == "none")
    let path = folder.file("b/2.jpg")
    #expect(try message(Array(good.prefix(good.count / 2))).hasPrefix("\(path): the image is damaged: "))
    #expect(try message(Array(png.prefix(100))).hasPrefix("\(path): the image is damaged: "))
    #expect(try message(Array("GIF89a".utf8)) == "\(path): neither PNG nor JPEG by its first bytes")
    // The width in the header of a PNG, with its checksum made right by nobody.
    var wide = png
    wide[16] = 0x7F
    #expect(try message(wide).hasPrefix("\(path): "))
    try FileManager.default.removeItem(atPath: folder.file("b"))
    #expect(thrownMessage { _ = try DataSplit(folder.path) }?.contains("at least two") == true)
    _ = try folder.makeFolder("c")
    #expect(thrownMessage { _ = try DataSplit(folder.path) }?.contains("no PNG or JPEG file") == true)
  }
}
