public import DownhillBase
import DownhillFiles

/// Images of ten classes, 3 × 32 × 32, that a small convolutional network learns in minutes and a linear one does not.
///
/// Each shows one figure (disc, ring, square, frame, triangle, cross, bars along, bars across, checks, dots) of random
/// place, size, turn and colour over a wash of two other colours, part of it behind a square, with noise over all. The
/// classes have the same colours and sizes, so only the shape tells them apart.
public struct PatternImages: Configurable {
  public var count = 6000
  public var noise = 0.1
  public var seed = 0

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .integer(
        "count", in: KnobRange(20, 200_000), "Number of images, held-out ones included.", { $0.count },
        { $0.count = $1 }),
      .number(
        "noise", in: KnobRange(0, 1), "Standard deviation of what is added to each value; black is 0, white 1.",
        { $0.noise }, { $0.noise = $1 }),
      .integer("seed", in: .seed, "Decides the images.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  /// The names of the classes.
  static let labels = ["disc", "ring", "square", "frame", "triangle", "cross", "bars", "rows", "checks", "dots"]

  static let side = 32
  private static let byteCount = 3 * side * side

  /// The images; each is a function of seed and its number, and the classes come in turn.
  func make() -> PlanarImages {
    var bytes = [UInt8](repeating: 0, count: count * Self.byteCount)
    bytes.withUnsafeMutableBufferPointer { bytes in
      for image in 0..<count {
        let random = DataPurpose.generation.random(seed: UInt64(seed), image)
        let range = image * Self.byteCount..<(image + 1) * Self.byteCount
        Self.draw(image % 10, random, noise: noise, to: UnsafeMutableBufferPointer(rebasing: bytes[range]))
      }
    }
    let part = PlanarImages.Part(bytes: FileBytes(bytes), start: 0, stride: Self.byteCount, count: count)
    return PlanarImages(
      [part], labels: (0..<count).map { Int32($0 % 10) }, channels: 3, rows: Self.side, columns: Self.side)
  }

  private static func draw(
    _ label: Int, _ random: CounterRandom, noise: Double, to pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    func draw(_ number: UInt64, _ low: Double, _ high: Double) -> Double {
      low + (high - low) * random.uniform(at: number)
    }
    let (centreX, centreY, radius) = (draw(0, 10, 22), draw(1, 10, 22), draw(2, 6, 10))
    let turn = draw(3, -0.4, 0.4)
    let (cosine, sine) = (Elementary.cos(turn), Elementary.sin(turn))
    let slope = (draw(4, -1, 1), draw(5, -1, 1))
    let (coverX, coverY) = (draw(6, 0, 27), draw(7, 0, 27))
    let colours = (0..<4).map { colour in (0..<3).map { draw(UInt64(8 + 3 * colour + $0), 0, 1) } }
    // A figure as bright as what it lies on would be no figure.
    let contrast = (0..<3).reduce(0) { $0 + abs(colours[0][$1] - (colours[1][$1] + colours[2][$1]) / 2) }
    let lift = contrast > 0.9 ? 0 : colours[0].reduce(0, +) > 1.5 ? 0.5 : -0.5
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = (Double(column) - centreX, Double(row) - centreY)
        let (u, v) = ((cosine * x + sine * y) / radius, (cosine * y - sine * x) / radius)
        let isCovered = abs(Double(column) - coverX - 2) < 3 && abs(Double(row) - coverY - 2) < 3
        let isFigure = contains(label, u, v)
        let wash = min(max(0.5 + (slope.0 * x + slope.1 * y) / 32, 0), 1)
        for colour in 0..<3 {
          let ground = colours[1][colour] * wash + colours[2][colour] * (1 - wash)
          let clean = isCovered ? colours[3][colour] : isFigure ? colours[0][colour] + lift : ground
          let place = (colour * side + row) * side + column
          let value = clean + noise * random.normal(at: UInt64(place))
          pixels[place] = UInt8((min(max(value, 0), 1) * 255).rounded())
        }
      }
    }
  }

  /// Whether a point belongs to a figure, which reaches from −1 to 1.
  private static func contains(_ label: Int, _ u: Double, _ v: Double) -> Bool {
    let (across, down) = (abs(u), abs(v))
    let isInside = max(across, down) <= 1
    func odd(_ x: Double) -> Bool { Int(((x + 1) * 2.5).rounded(.down)) & 1 == 0 }
    return switch label {
    case 0: u * u + v * v <= 1
    case 1: u * u + v * v <= 1 && u * u + v * v >= 0.36
    case 2: max(across, down) <= 0.9
    case 3: max(across, down) <= 0.95 && max(across, down) >= 0.55
    case 4: v <= 0.8 && v >= -1 && across <= (v + 1) * 0.55
    case 5: isInside && min(across, down) <= 0.3
    case 6: isInside && odd(u)
    case 7: isInside && odd(v)
    case 8: isInside && odd(u) == odd(v)
    default: isInside && odd(u) && odd(v)
    }
  }
}
