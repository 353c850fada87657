public import DownhillBase

/// Two spirals in the plane, a class each, wound into each other: no line, and no small network, tells them apart.
///
/// Lang and Witbrock 1988, *Learning to tell two spirals apart*, with noise: the point at t in (0, 1) has the angle
/// 2π·turns·√t, plus π for the second class, and the radius √t, so that points lie equally dense along the spiral.
public struct TwoSpirals: Configurable {
  public var count = 1000
  public var turns = 1.75
  public var noise = 0.02
  public var seed = 0

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .integer("count", in: .points, "Number of points, held-out ones included.", { $0.count }, { $0.count = $1 }),
      .number("turns", in: KnobRange(0.1, 20), "How often a spiral goes round.", { $0.turns }, { $0.turns = $1 }),
      .number(
        "noise", in: KnobRange(0, 10), "Standard deviation of what is added to each coordinate; the radius is 1.",
        { $0.noise }, { $0.noise = $1 }),
      .integer("seed", in: .seed, "Decides the points.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  func make() -> PlanePoints {
    PlanePoints(count: count, noise: noise, seed: seed) { label, share in
      let radius = share.squareRoot()
      let angle = 6.283185307179586 * turns * radius + (label == 1 ? 3.141592653589793 : 0)
      return (radius * Elementary.cos(angle), radius * Elementary.sin(angle))
    }
  }
}

/// Two half circles in the plane, a class each, that reach into each other, as scikit-learn's `make_moons` has them.
public struct TwoMoons: Configurable {
  public var count = 1000
  public var noise = 0.15
  public var seed = 0

  public init() {}

  public static var knobs: [Knob<Self>] {
    [
      .integer("count", in: .points, "Number of points, held-out ones included.", { $0.count }, { $0.count = $1 }),
      .number(
        "noise", in: KnobRange(0, 10), "Standard deviation of what is added to each coordinate; the radius is 1.",
        { $0.noise }, { $0.noise = $1 }),
      .integer("seed", in: .seed, "Decides the points.", { $0.seed }, { $0.seed = $1 }),
    ]
  }

  func make() -> PlanePoints {
    PlanePoints(count: count, noise: noise, seed: seed) { label, share in
      let angle = 3.141592653589793 * share
      let (x, y) = (Elementary.cos(angle), Elementary.sin(angle))
      return label == 0 ? (x, y) : (1 - x, 0.5 - y)
    }
  }
}

extension KnobRange {
  fileprivate static var points: KnobRange { KnobRange(10, 1e7) }
  /// What a whole number of a knob can be.
  static var seed: KnobRange { KnobRange(0, 9e15) }
}

/// Points in the plane, in turn of class 0 and 1.
struct PlanePoints {
  private(set) var features: [Float] = []
  private(set) var labels: [Int32] = []

  /// - Parameter curve: The place of a class at a share in (0, 1) of its curve.
  init(count: Int, noise: Double, seed: Int, curve: (_ label: Int, _ share: Double) -> (x: Double, y: Double)) {
    let random = DataPurpose.generation.random(seed: UInt64(seed))
    features.reserveCapacity(2 * count)
    labels.reserveCapacity(count)
    for point in 0..<count {
      let label = point % 2
      let (x, y) = curve(label, random.uniform(at: UInt64(point)))
      features.append(Float(x + noise * random.normal(at: UInt64(2 * point))))
      features.append(Float(y + noise * random.normal(at: UInt64(2 * point + 1))))
      labels.append(Int32(label))
    }
  }
}
