/// What is subtracted from a network's inputs, and what they are divided by then: a number for each channel of images
/// (whose bytes are numbers from 0 to 1 before), or for each column of a table.
public struct InputScale: Sendable, Equatable, Codable {
  public let means: [Double]
  /// 0 for a column that does not vary, which becomes 0.
  public let deviations: [Double]

  public init(means: [Double], deviations: [Double]) {
    self.means = means
    self.deviations = deviations
  }
}
