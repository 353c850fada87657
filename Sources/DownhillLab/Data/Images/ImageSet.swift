import DownhillBase
import DownhillFiles

/// Images to classify, as numbers of mean 0 and deviation 1 in each channel.
struct ImageSet: SampleSet {
  let form: SampleForm
  private let store: any ImageStore
  /// Which images of the store these are.
  private let places: [Int]
  private let labels: [Int32]
  private let pixels: PixelScale
  private let augmentation: Augmentation
  private let corruption: (how: Corruption, seed: UInt64)?

  /// - Parameters:
  ///   - store: All images.
  ///   - places: Which of them, in this order; at least one.
  ///   - labels: Their classes; the store's where nil.
  ///   - classes: How many classes there are.
  ///   - pixels: What the bytes become.
  ///   - augmentation: What is done to an image that is trained on.
  ///   - corruption: What is done to all images, and the seed of its noise.
  init(
    _ store: any ImageStore, places: [Int], labels: [Int32]? = nil, classes: Int, pixels: PixelScale,
    augmentation: Augmentation = Augmentation(), corruption: (how: Corruption, seed: UInt64)? = nil
  ) {
    form = SampleForm(
      input: .image(channels: store.channels, rows: store.rows, columns: store.columns), target: .classes(classes))
    self.store = store
    self.places = places
    self.labels = labels ?? places.map { Int32(store.label(of: $0)) }
    self.pixels = pixels
    self.augmentation = augmentation
    self.corruption = corruption
  }

  var count: Int { places.count }

  /// The class of each image.
  var classes: [Int32] { labels }

  func write(_ place: Int, _ random: CounterRandom?, to row: BatchRow) throws(FileError) {
    row.classes.pointee = labels[place]
    var failure: FileError?
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: store.byteCount) { bytes in
      bytes.initialize(repeating: 0)
      do throws(FileError) {
        try store.read(places[place], to: bytes)
      } catch {
        failure = error
        return
      }
      if let corruption {
        writeCorrupted(bytes, corruption.how, DataPurpose.corruption.random(seed: corruption.seed, place), row.numbers)
      } else {
        write(bytes, random, row.numbers)
      }
    }
    if let failure { throw failure }
  }

  private func write(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, _ random: CounterRandom?, _ target: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (store.rows, store.columns)
    let padding = random == nil ? 0 : augmentation.padding
    let down = (random?.index(below: 2 * padding + 1, at: 0) ?? 0) - padding
    let across = (random?.index(below: 2 * padding + 1, at: 1) ?? 0) - padding
    let isFlipped = augmentation.flips && random.map { $0.bits(at: 2) >> 63 == 1 } ?? false
    var place = 0
    for channel in 0..<store.channels {
      let scale = pixels.tables[channel]
      for row in 0..<rows {
        let source = row + down
        for column in 0..<columns {
          let other = (isFlipped ? columns - 1 - column : column) + across
          let isInside = source >= 0 && source < rows && other >= 0 && other < columns
          target[place] = scale[isInside ? Int(bytes[(channel * rows + source) * columns + other]) : 0]
          place += 1
        }
      }
    }
    if let random, augmentation.cutout > 0 { cut(out: target, random) }
  }

  private func cut(out target: UnsafeMutablePointer<Float>, _ random: CounterRandom) {
    let (rows, columns, size) = (store.rows, store.columns, augmentation.cutout)
    let top = random.index(below: rows, at: 3) - size / 2
    let left = random.index(below: columns, at: 4) - size / 2
    let (down, across) = (max(top, 0)..<min(top + size, rows), max(left, 0)..<min(left + size, columns))
    for channel in 0..<store.channels {
      for row in down {
        for column in across { target[(channel * rows + row) * columns + column] = 0 }
      }
    }
  }

  private func writeCorrupted(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, _ how: Corruption, _ random: CounterRandom,
    _ target: UnsafeMutablePointer<Float>
  ) {
    var image = bytes.map { Float($0) / 255 }
    how.apply(to: &image, channels: store.channels, rows: store.rows, columns: store.columns, random)
    let area = store.rows * store.columns
    for (place, value) in image.enumerated() {
      target[place] = (value - pixels.means[place / area]) / pixels.deviations[place / area]
    }
  }
}

/// How the bytes of each channel become numbers: (byte/255 − mean)/deviation.
struct PixelScale: Sendable {
  /// Of the values from 0 to 1, by channel.
  let means: [Float]
  /// 1 for a channel that does not vary.
  let deviations: [Float]
  /// By channel, what each of the 256 bytes becomes.
  let tables: [[Float]]

  init(means: [Float], deviations: [Float]) {
    self.means = means
    self.deviations = deviations
    tables = zip(means, deviations).map { mean, deviation in
      (0..<256).map { (Float($0) / 255 - mean) / deviation }
    }
  }

  /// The same for files, in which a Float keeps its value.
  var inputScale: InputScale {
    InputScale(means: means.map { Double($0) }, deviations: deviations.map { Double($0) })
  }

  /// Values from 0 to 1 as they are.
  static func plain(channels: Int) -> PixelScale {
    PixelScale(
      means: Array(repeating: 0, count: channels), deviations: Array(repeating: 1, count: channels))
  }

  /// Measured over images, at most so many of them, evenly spread.
  init(measuring store: any ImageStore, _ places: [Int], limit: Int) throws(FileError) {
    let used = min(max(limit, 1), places.count)
    var counts = [Int](repeating: 0, count: 256 * store.channels)
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: store.byteCount)
    bytes.initialize(repeating: 0)
    defer { bytes.deallocate() }
    let area = store.rows * store.columns
    for number in 0..<used {
      try store.read(places[number * places.count / used], to: bytes)
      for channel in 0..<store.channels {
        let base = channel * 256
        for place in channel * area..<(channel + 1) * area { counts[base + Int(bytes[place])] += 1 }
      }
    }
    var (means, deviations) = ([Float](), [Float]())
    for channel in 0..<store.channels {
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for value in 0..<256 {
        let (number, x) = (Double(counts[channel * 256 + value]), Double(value) / 255)
        count += number
        sum += number * x
        squares += number * x * x
      }
      let mean = sum / max(count, 1)
      let deviation = max(squares / max(count, 1) - mean * mean, 0).squareRoot()
      means.append(Float(mean))
      deviations.append(deviation > 1e-6 ? Float(deviation) : 1)
    }
    self.init(means: means, deviations: deviations)
  }
}
