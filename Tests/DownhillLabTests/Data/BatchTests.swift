import DownhillBase
import DownhillFiles
import DownhillLab
import TestSupport
import Testing

@Suite("Batches")
struct BatchTests {
  private static func places(_ source: BatchSource, _ number: Int) throws -> [Int] {
    let batch = source.makeBatch()
    try source.fill(batch, number: number)
    return Array(batch.places)
  }

  private static func spirals(_ count: Int = 100, _ change: (inout DataOptions) -> Void = { _ in }) throws -> DataSplit
  {
    var options = DataOptions()
    change(&options)
    return try DataSplit("spirals:count=\(count)", options)
  }

  @Test("show each sample once an epoch, in another order each", arguments: [1, 7, 80, 100])
  func epochs(size: Int) throws {
    let source = try Self.spirals().batches(of: size, seed: 3)
    var all: [Int] = []
    for number in 0..<(3 * 80 + size - 1) / size { all += try Self.places(source, number) }
    let epochs = (0..<3).map { Array(all[80 * $0..<80 * $0 + 80]) }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<80)) }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
    #expect(epochs[0] != Array(0..<80))
  }

  @Test(
    "depend on seed and number alone, whichever was made before",
    arguments: ["shuffled", "replacement", "nice", "lipschitz", "balanced"])
  func randomAccess(name: String) throws {
    let split = try Self.spirals { $0.sampling = SamplingChoice(rawValue: name) }
    let source = try split.batches(of: 16, seed: 5)
    let forward = try (0..<20).map { try Self.places(source, $0) }
    let backward = try (0..<20).reversed().map { try Self.places(source, $0) }
    #expect(forward == backward.reversed())
    #expect(try Self.places(split.batches(of: 16, seed: 5), 11) == forward[11])
    #expect(try Self.places(split.batches(of: 16, seed: 6), 11) != forward[11])
    #expect(Set(forward).count == 20)
    for places in forward { #expect(places.allSatisfy { (0..<80).contains($0) }) }
  }

  @Test("made ahead are those made at once, from any number on", arguments: [0, 13], [1, 4])
  func ahead(from first: Int, depth: Int) throws {
    let split = try DataSplit("patterns:count=50", Self.augmented)
    let source = try split.batches(of: 8, seed: 1)
    let ahead = BatchesAhead(source, from: first, depth: depth)
    let batch = source.makeBatch()
    for number in first..<first + 12 {
      let made = try ahead.next()
      try source.fill(batch, number: number)
      #expect(made.number == number)
      #expect(made.numbers.elementsEqual(batch.numbers))
      #expect(made.classes.elementsEqual(batch.classes))
    }
  }

  private static var augmented: DataOptions {
    get throws {
      var options = DataOptions()
      options.augmentation = try Augmentation("crop:padding=4/flip/cutout:size=8")
      return options
    }
  }

  @Test("of different samples hold no sample twice, and each equally often")
  func nice() throws {
    let split = try Self.spirals { $0.sampling = .nice }
    let source = try split.batches(of: 20, seed: 9)
    var counts = [Int](repeating: 0, count: 80)
    for number in 0..<2000 {
      let places = try Self.places(source, number)
      #expect(Set(places).count == 20)
      for place in places { counts[place] += 1 }
    }
    // 2000 draws at 1/4: a deviation of 19.4, five of which 80 counts do not leave.
    #expect(counts.allSatisfy { abs($0 - 500) < 97 })
    #expect(throws: SamplingError.tooFewSamples(80, batch: 81)) { try split.batches(of: 81, seed: 9) }
  }

  @Test("weigh what is seen more often less, so that the mean is unbiased", arguments: [1, 16])
  func importance(size: Int) throws {
    let probabilities = (1...80).map { Double($0) }
    let source = try BatchSource(
      try Self.spirals().training, size: size, sampling: .importance(probabilities), seed: 2)
    let batch = source.makeBatch()
    var (counts, sums) = ([Int](repeating: 0, count: 80), [Double](repeating: 0, count: 80))
    let batches = 64_000 / size
    for number in 0..<batches {
      try source.fill(batch, number: number)
      for (place, weight) in zip(batch.places, batch.weights) {
        counts[place] += 1
        sums[place] += Double(weight)
      }
    }
    for place in 0..<80 {
      let probability = probabilities[place] / 3240
      let deviation = (64_000 * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(counts[place]) - 64_000 * probability) < 5 * deviation)
      // E[v] = 1: the sum of the weights is n times less than the number of rows.
      let weight = 1 / (80 * probability)
      #expect(abs(sums[place] - Double(counts[place]) * weight) < 1e-3 * max(sums[place], 1))
    }
  }

  @Test("are refused where probabilities make no sense")
  func badProbabilities() throws {
    let samples = try Self.spirals().training
    func message(_ probabilities: [Double]) -> String? {
      thrownMessage { _ = try BatchSource(samples, size: 1, sampling: .importance(probabilities), seed: 0) }
    }
    #expect(message([1, 2]) == "2 probabilities for 80 samples")
    let bad = "sample 3 has probability "
    for value in [0, -1, Double.nan, .infinity] {
      var probabilities = [Double](repeating: 1, count: 80)
      probabilities[3] = value
      #expect(message(probabilities)?.hasPrefix(bad) == true)
    }
  }

  @Test("of a held-out part hold each sample once, and nothing behind the last", arguments: [1, 7, 20, 64])
  func heldOut(size: Int) throws {
    let batches = try #require(try Self.spirals().heldOutBatches(of: size))
    let batch = batches.makeBatch()
    var places: [Int] = []
    for number in 0..<batches.count {
      try batches.fill(batch, number: number)
      places += batch.places.prefix(batch.count)
      #expect(batch.classes.dropFirst(batch.count).allSatisfy { $0 == -1 })
      #expect(batch.weights.reduce(0, +) == Float(batch.count))
    }
    #expect(places == Array(0..<20))
  }

  @Test("of a part and of its held-out part have no sample in common")
  func parts() throws {
    var options = DataOptions()
    options.isNormalized = false
    let split = try DataSplit("modular-arithmetic:modulus=7", options)
    var seen: [[Int32]] = []
    for set in [split.training, try #require(split.heldOut)] {
      let batches = OrderedBatches(set, size: 49)
      let batch = batches.makeBatch()
      try batches.fill(batch, number: 0)
      for row in 0..<batch.count {
        let tokens = Array(batch.tokens[4 * row..<4 * row + 4])
        #expect(tokens[1] == 7 && tokens[3] == 8)
        #expect(Array(batch.classes[4 * row..<4 * row + 4]) == [-1, -1, -1, (tokens[0] + tokens[2]) % 7])
        seen.append(tokens)
      }
    }
    #expect(seen.count == 49 && Set(seen).count == 49)
  }
}
