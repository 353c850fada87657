import DownhillBase

/// Held-out images made worse, to see how a network stands it: Hendrycks and Dietterich 2019, arXiv:1903.12261, with the
/// strengths that they chose for images of 32 × 32 pixels.
public struct Corruption: Sendable, Equatable {
  /// How.
  public enum Kind: String, Sendable, CaseIterable {
    /// Normal noise of deviation 0.04, 0.06, 0.08, 0.09, 0.10 on values from 0 to 1.
    case noise
    /// A Gaussian of 0.4, 0.6, 0.7, 0.8, 1.0 pixels.
    case blur
    /// The difference to each colour's mean over the image times 0.75, 0.5, 0.4, 0.3, 0.15.
    case contrast
  }

  public let kind: Kind
  /// From 1 to 5.
  public let strength: Int

  /// - Returns: nil for a strength that is not from 1 to 5.
  public init?(_ kind: Kind, strength: Int) {
    guard (1...5).contains(strength) else { return nil }
    (self.kind, self.strength) = (kind, strength)
  }

  /// Reads `blur:3`.
  ///
  /// - Throws: `CommandFailure` of kind usage.
  public init(_ text: String) throws(CommandFailure) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let kinds = Kind.allCases.map { $0.rawValue }.joined(separator: ", ")
    guard let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }) else {
      throw .usage("unknown corruption \"\(text)\", expected one of \(kinds) and a strength, such as blur:3")
    }
    guard parts.count == 2, let strength = Int(parts[1]), let made = Corruption(kind, strength: strength) else {
      throw .usage("corruption \"\(text)\" has no strength from 1 to 5, such as \(kind.rawValue):3")
    }
    self = made
  }

  /// As it is read.
  public var text: String { "\(kind.rawValue):\(strength)" }

  /// Changes an image.
  /// - Parameters:
  ///   - image: [channels, rows, columns] numbers from 0 to 1, which they stay.
  ///   - random: Of this image.
  func apply(to image: inout [Float], channels: Int, rows: Int, columns: Int, _ random: CounterRandom) {
    switch kind {
    case .noise:
      let deviation = Float([0.04, 0.06, 0.08, 0.09, 0.10][strength - 1])
      for place in image.indices {
        image[place] = Self.clamped(image[place] + deviation * Float(random.normal(at: UInt64(place))))
      }
    case .blur:
      let weights = Self.gaussian([0.4, 0.6, 0.7, 0.8, 1.0][strength - 1])
      for channel in 0..<channels {
        let start = channel * rows * columns
        for row in 0..<rows { Self.filter(&image, start + row * columns, stride: 1, count: columns, weights) }
        for column in 0..<columns { Self.filter(&image, start + column, stride: columns, count: rows, weights) }
      }
    case .contrast:
      let factor = Float([0.75, 0.5, 0.4, 0.3, 0.15][strength - 1])
      let area = rows * columns
      for channel in 0..<channels {
        let range = channel * area..<(channel + 1) * area
        let mean = image[range].reduce(0, +) / Float(area)
        for place in range { image[place] = Self.clamped((image[place] - mean) * factor + mean) }
      }
    }
  }

  private static func clamped(_ value: Float) -> Float { min(max(value, 0), 1) }

  /// Up to four deviations, the sum 1.
  private static func gaussian(_ deviation: Double) -> [Float] {
    let radius = Int((4 * deviation + 0.5).rounded(.down))
    let raw = (-radius...radius).map { Elementary.exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = raw.reduce(0, +)
    return raw.map { Float($0 / sum) }
  }

  /// Beyond its ends a line goes on as it ended.
  private static func filter(
    _ image: inout [Float], _ start: Int, stride: Int, count: Int, _ weights: [Float]
  ) {
    let radius = weights.count / 2
    let line = (0..<count).map { image[start + $0 * stride] }
    for place in 0..<count {
      var sum: Float = 0
      for (index, weight) in weights.enumerated() {
        sum += weight * line[min(max(place + index - radius, 0), count - 1)]
      }
      image[start + place * stride] = sum
    }
  }
}
