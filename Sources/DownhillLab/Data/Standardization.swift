/// Brings each feature to mean 0 and standard deviation 1, as measured on the training rows alone: what the held-out rows
/// look like must not leak into training.
public struct Standardization: Sendable, Equatable {
  /// What is subtracted from a feature: its mean over the training rows.
  public let means: [Double]
  /// What it is then divided by: its standard deviation over the training rows (divided by n, not n − 1), or 0 for a
  /// feature that is constant there. Such a feature becomes 0 in every row.
  public let deviations: [Double]

  /// Measures the features of a data set, or of no rows as constant.
  public init(fitting training: TabularDataset) {
    let width = training.featureNames.count
    let columns = (0..<width).map { column in
      Self.measure((0..<training.rowCount).map { training.features[$0 * width + column] })
    }
    means = columns.map(\.mean)
    deviations = columns.map(\.deviation)
  }

  /// As it was measured elsewhere.
  init(means: [Double], deviations: [Double]) { (self.means, self.deviations) = (means, deviations) }

  /// The data set with standardised features; one of another number of features comes back as it is.
  public func applied(to data: TabularDataset) -> TabularDataset {
    let width = data.featureNames.count
    guard width == means.count, width > 0 else {
      return data
    }
    var features = data.features
    for index in features.indices {
      let column = index % width
      // Halves, because the difference of two finite numbers may be none.
      let difference = features[index] / 2 - means[column] / 2
      features[index] = deviations[column] == 0 ? 0 : difference / deviations[column] * 2
    }
    return TabularDataset(
      featureNames: data.featureNames, rowCount: data.rowCount, features: features, target: data.target)
  }

  private static func measure(_ values: [Double]) -> (mean: Double, deviation: Double) {
    guard let least = values.min(), let greatest = values.max() else {
      return (0, 0)
    }
    // Compared, because rounding leaves a constant column a tiny deviation that would blow up its last bit.
    if least == greatest {
      return (least, 0)
    }
    // Scaled by a power of two, which is exact, so that no square of a number overflows or vanishes.
    let exponent = max(abs(least), abs(greatest)).exponent
    let scaled = values.map { Double(sign: .plus, exponent: -exponent, significand: $0) }
    let count = Double(values.count)
    let mean = scaled.reduce(0, +) / count
    let variance = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let unscaled = { (number: Double) in Double(sign: .plus, exponent: exponent, significand: number) }
    return (unscaled(mean), unscaled(variance.squareRoot()))
  }
}
