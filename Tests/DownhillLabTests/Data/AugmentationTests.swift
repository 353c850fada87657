import DownhillBase
import DownhillFiles
import DownhillLab
import TestSupport
import Testing

@Suite("Augmentation, corruption, wrong labels")
struct AugmentationTests {
  private static func split(_ change: (inout DataOptions) throws -> Void) throws -> DataSplit {
    var options = DataOptions()
    options.isNormalized = false
    try change(&options)
    return try DataSplit("patterns:count=100,noise=0.2", options)
  }

  private static func images(_ set: any SampleSet) throws -> [[Float]] {
    let batches = OrderedBatches(set, size: 1)
    let batch = batches.makeBatch()
    return try (0..<batches.count).map { number in
      try batches.fill(batch, number: number)
      return Array(batch.numbers)
    }
  }

  /// Where in the padded image a crop was taken, and whether it was turned over: all that fit.
  private static func origins(_ image: ArraySlice<Float>, of source: [Float], padding: Int) -> [(Int, Int, Bool)] {
    let image = Array(image)
    func value(_ row: Int, _ column: Int) -> Float {
      (0..<32).contains(row) && (0..<32).contains(column) ? source[row * 32 + column] : 0
    }
    var found: [(Int, Int, Bool)] = []
    for down in -padding...padding {
      for across in -padding...padding {
        for isFlipped in [false, true] {
          let fits = (0..<32).allSatisfy { row in
            (0..<32).allSatisfy { column in
              image[row * 32 + column] == value(row + down, (isFlipped ? 31 - column : column) + across)
            }
          }
          if fits { found.append((down, across, isFlipped)) }
        }
      }
    }
    return found
  }

  @Test("crops and flips are those of the padded image, each about equally often")
  func crop() throws {
    let split = try Self.split { $0.augmentation = try Augmentation("crop:padding=2/flip") }
    let plain = try Self.images(split.training)
    let source = try split.batches(of: 20, seed: 4)
    let batch = source.makeBatch()
    var (downs, flips) = ([Int: Int](), 0)
    for number in 0..<5 {
      try source.fill(batch, number: number)
      for row in 0..<20 {
        let origins = Self.origins(
          batch.numbers[row * 3072..<row * 3072 + 1024].prefix(1024) + [], of: plain[batch.places[row]], padding: 2)
        let origin = try #require(origins.first)
        downs[origin.0, default: 0] += 1
        flips += origin.2 ? 1 : 0
      }
    }
    // Of 100 images a fifth each, and a half: within five deviations.
    #expect(downs.keys.sorted() == [-2, -1, 0, 1, 2])
    #expect((25...75).contains(flips))
  }

  @Test("a cutout hides one square")
  func cutout() throws {
    let split = try Self.split { $0.augmentation = try Augmentation("cutout:size=6") }
    let plain = try Self.images(split.training)
    let source = try split.batches(of: 20, seed: 4)
    let batch = source.makeBatch()
    try source.fill(batch, number: 0)
    for row in 0..<20 {
      let places = (0..<1024).filter { batch.numbers[row * 3072 + $0] != plain[batch.places[row]][$0] }
      let (rows, columns) = (places.map { $0 / 32 }, places.map { $0 % 32 })
      #expect((rows.max() ?? 0) - (rows.min() ?? 0) < 6 && (columns.max() ?? 0) - (columns.min() ?? 0) < 6)
      #expect(places.allSatisfy { batch.numbers[row * 3072 + $0] == 0 })
    }
  }

  @Test("a spec that makes no sense is refused", arguments: ["turn", "crop:padding=0", "crop:padding=x", "flip/", ""])
  func specs(text: String) { #expect(throws: (any Error).self) { try Augmentation(text) } }

  @Test("a spec reads back", arguments: ["none", "flip", "crop:padding=4/flip/cutout:size=8"])
  func roundTrip(text: String) throws { #expect(try Augmentation(text).text == text) }

  @Test("noise, blur and contrast grow with their strength and repeat", arguments: Corruption.Kind.allCases)
  func corruption(kind: Corruption.Kind) throws {
    let clean = try Self.images(#require(try Self.split { _ in }.heldOut))
    var last = 0.0
    for strength in 1...5 {
      let split = try Self.split { $0.corruption = try Corruption("\(kind.rawValue):\(strength)") }
      let changed = try Self.images(#require(split.heldOut))
      #expect(try changed == Self.images(#require(split.heldOut)))
      var sum = 0.0
      for (image, other) in zip(clean, changed) {
        for (a, b) in zip(image, other) { sum += Double((a - b) * (a - b)) }
        #expect(other.allSatisfy { $0 > -1e-6 && $0 < 1 + 1e-6 })
      }
      #expect(sum > last)
      last = sum
      #expect(try Self.images(split.training) == Self.images(Self.split { _ in }.training))
    }
  }

  private static func labels(_ set: any SampleSet) throws -> [Int32] {
    let batches = OrderedBatches(set, size: set.count)
    let batch = batches.makeBatch()
    try batches.fill(batch, number: 0)
    return Array(batch.classes)
  }

  @Test("of the labels exactly the share asked for is wrong, and of held-out ones none", arguments: [0, 0.25, 1])
  func labelNoise(share: Double) throws {
    let (clean, noisy) = (try Self.split { _ in }, try Self.split { $0.labelNoise = try LabelNoise("\(share)") })
    let (right, wrong) = (try Self.labels(clean.training), try Self.labels(noisy.training))
    #expect(zip(right, wrong).count { $0 != $1 } == Int(share * 80))
    #expect(wrong.allSatisfy { (0..<10).contains($0) })
    #expect(try Self.labels(#require(clean.heldOut)) == Self.labels(#require(noisy.heldOut)))
  }

  @Test("shuffled labels are the same labels elsewhere")
  func shuffledLabels() throws {
    let noisy = try Self.labels(Self.split { $0.labelNoise = try LabelNoise("shuffled") }.training)
    let clean = try Self.labels(Self.split { _ in }.training)
    #expect(noisy != clean && noisy.sorted() == clean.sorted())
    for text in ["-0.1", "1.5", "half", ""] { #expect(throws: CommandFailure.self) { try LabelNoise(text) } }
    for text in ["blur", "blur:6", "fog:1", "blur:1:2"] {
      #expect(throws: CommandFailure.self) { try Corruption(text) }
    }
  }
}
