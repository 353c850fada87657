import DownhillBase
import DownhillFiles

extension DataSplit {
  /// Images of a store, of which some are held out: by the caller, or at random.
  ///
  /// - Parameters:
  ///   - measured: Over how many images mean and deviation are taken at most.
  static func images(
    _ name: String, _ store: any ImageStore, heldOut other: (any ImageStore)?, labels: [String],
    _ options: DataOptions, measured: Int = .max, remarks: [String] = []
  ) throws -> DataSplit {
    var (places, rest) = (Array(0..<store.count), [Int]())
    if other == nil {
      (places, rest) = try parts(of: store.count, name: name, options, share: 0.2)
    }
    let scale = try pixelScale(name, store, places, options, measured: measured)
    let clean = places.map { Int32(store.label(of: $0)) }
    let noisy = options.labelNoise?.applied(to: clean, classes: labels.count, seed: options.seed) ?? clean
    let training = ImageSet(
      store, places: places, labels: noisy, classes: labels.count, pixels: scale, augmentation: options.augmentation)
    let judged = other.map { ($0, Array(0..<$0.count)) } ?? (store, rest)
    let heldOut =
      judged.1.isEmpty
      ? nil
      : ImageSet(
        judged.0, places: judged.1, classes: labels.count, pixels: scale,
        corruption: options.corruption.map { ($0, options.seed) })
    return DataSplit(
      name: name, training: training, heldOut: heldOut, labels: labels, scale: scale.inputScale,
      sampling: try sampling(options, labels: noisy, classes: labels.count), remarks: remarks)
  }

  private static func pixelScale(
    _ name: String, _ store: any ImageStore, _ places: [Int], _ options: DataOptions, measured: Int
  ) throws(FileError) -> PixelScale {
    guard let given = options.scale else {
      return options.isNormalized
        ? try PixelScale(measuring: store, places, limit: measured) : .plain(channels: store.channels)
    }
    guard given.means.count == store.channels, given.deviations.count == store.channels else {
      throw FileError(
        kind: .data, path: name,
        message: "images of \(store.channels) channels, but the network was trained on \(given.means.count)")
    }
    return PixelScale(means: given.means.map { Float($0) }, deviations: given.deviations.map { Float($0) })
  }

  /// Points of the plane.
  static func points(_ name: String, _ points: PlanePoints, _ options: DataOptions) throws -> DataSplit {
    let (places, rest) = try parts(of: points.labels.count, name: name, options, share: 0.2)
    func set(_ places: [Int], _ noise: LabelNoise?) -> VectorSet {
      let labels = places.map { points.labels[$0] }
      return VectorSet(
        features: places.flatMap { points.features[2 * $0..<2 * $0 + 2] }, width: 2,
        labels: noise?.applied(to: labels, classes: 2, seed: options.seed) ?? labels, classes: 2)
    }
    let training = set(places, options.labelNoise)
    return DataSplit(
      name: name, training: training, heldOut: rest.isEmpty ? nil : set(rest, nil), labels: ["first", "second"],
      sampling: try sampling(options, labels: training.labels, classes: 2, norms: training.squaredNorms))
  }

  /// Modular arithmetic.
  static func arithmetic(_ name: String, _ settings: ModularArithmetic, _ options: DataOptions) throws -> DataSplit {
    let made = settings.make()
    let (places, rest) = try parts(of: made.tokens.count / 4, name: name, options, share: 0.5)
    func set(_ places: [Int]) -> TokenRows {
      TokenRows(
        tokens: places.flatMap { made.tokens[4 * $0..<4 * $0 + 4] },
        targets: places.flatMap { made.targets[4 * $0..<4 * $0 + 4] }, context: 4, vocabulary: settings.modulus + 2)
    }
    return DataSplit(
      name: name, training: set(places), heldOut: rest.isEmpty ? nil : set(rest),
      sampling: try sampling(options))
  }

  /// A table's rows.
  static func table(_ path: String, _ options: DataOptions) throws -> DataSplit {
    let table = try CSVTable(contentsOf: path)
    let target = options.target.isEmpty ? table.columnNames.suffix(1).map { $0 } : options.target
    let isRegression = try options.isRegression ?? Self.isRegression(table, target)
    let data =
      try isRegression
      ? TabularDataset(table, numbersIn: target) : TabularDataset(table, classesIn: target.joined(separator: ","))
    let (places, rest) = try parts(of: data.rowCount, name: path, options, share: 0.2)
    var (training, heldOut) = (data.selecting(places), data.selecting(rest))
    var standard = options.isNormalized ? Standardization(fitting: training) : nil
    if let given = options.scale { standard = Standardization(means: given.means, deviations: given.deviations) }
    if let standard { (training, heldOut) = (standard.applied(to: training), standard.applied(to: heldOut)) }
    let set = vectors(training, options.labelNoise, options.seed)
    let judged = rest.isEmpty ? nil : vectors(heldOut, nil, 0)
    var labels: [String] = []
    if case .classes(let names, _) = data.target { labels = names }
    return DataSplit(
      name: path, training: set, heldOut: judged, labels: labels,
      scale: standard.map { InputScale(means: $0.means, deviations: $0.deviations) },
      sampling: try sampling(options, labels: set.labels, classes: labels.count, norms: set.squaredNorms))
  }

  private static func isRegression(_ table: CSVTable, _ target: [String]) throws(FileError) -> Bool {
    if target.count > 1 { return true }
    guard let name = target.first else { return false }
    let cells = Set(try table.column(name))
    return cells.count > 20 && cells.allSatisfy { finiteNumber($0) != nil }
  }

  private static func vectors(_ data: TabularDataset, _ noise: LabelNoise?, _ seed: UInt64) -> VectorSet {
    let (features, width) = (data.features.map { Float($0) }, data.featureNames.count)
    switch data.target {
    case .classes(let names, let rows):
      let labels = rows.map { Int32($0) }
      let noisy = noise?.applied(to: labels, classes: names.count, seed: seed) ?? labels
      return VectorSet(features: features, width: width, labels: noisy, classes: names.count)
    case .numbers(let names, let values):
      return VectorSet(features: features, width: width, targets: values.map { Float($0) }, outputs: names.count)
    }
  }

  /// Which samples are trained on and which are held out, in the order that the seed decides.
  private static func parts(
    of count: Int, name: String, _ options: DataOptions, share: Double
  ) throws(FileError) -> ([Int], [Int]) {
    let share = options.heldOut ?? share
    let order = DataPurpose.split.random(seed: options.seed).permutation(of: count)
    let nearest = Int((share * Double(count)).rounded(.toNearestOrAwayFromZero))
    let held = share == 0 ? 0 : max(nearest, 1)
    guard held < count else {
      let message = "\(count) samples, of which \(held) are held out: none is left to train on"
      throw FileError(kind: .data, path: name, message: message)
    }
    // In their own order, so that a set that is read once is read in the order of its file.
    return (order.dropLast(held).sorted(), order.suffix(held).sorted())
  }

  /// The way of sampling that was asked for.
  private static func sampling(
    _ options: DataOptions, labels: [Int32] = [], classes: Int = 0, norms: [Double] = []
  ) throws(CommandFailure) -> Sampling {
    switch options.sampling {
    case .shuffled, nil: return .shuffled
    case .replacement: return .replacement
    case .nice: return .nice
    case .lipschitz:
      if norms.isEmpty { throw .usage("sampling by lipschitz wants rows of numbers: a table, spirals or moons") }
      return .importance(norms)
    case .balanced:
      if labels.isEmpty { throw .usage("balanced sampling wants classes, which this set does not have") }
      var counts = [Double](repeating: 0, count: classes)
      for label in labels { counts[Int(label)] += 1 }
      return .importance(labels.map { 1 / counts[Int($0)] })
    }
  }
}
