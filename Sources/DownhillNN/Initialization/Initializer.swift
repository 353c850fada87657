public import DownhillBase

/// What a parameter holds before the first step.
public enum Initializer: Sendable, Equatable {
  /// The same number everywhere.
  case constant(Double)
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Uniform in [−bound, bound).
  case uniform(bound: Double)
  /// Normal, drawn again beyond so many deviations.
  case truncatedNormal(deviation: Double, cut: Double)
  /// Glorot, Bengio 2010: variance 2/(fan-in + fan-out), times gain².
  case xavierUniform(gain: Double)
  case xavierNormal(gain: Double)
  /// He et al. 2015: variance gain²/fan.
  case heUniform(fan: Fan, gain: Double)
  case heNormal(fan: Fan, gain: Double)
  /// Saxe et al. 2014: orthonormal rows or columns, times the gain.
  case orthogonal(gain: Double)

  /// Which side of a matrix counts.
  public enum Fan: Sendable, Equatable {
    case fanIn, fanOut
  }

  /// All zero.
  public static var zeros: Initializer { .constant(0) }
  public static var ones: Initializer { .constant(1) }

  /// Writes the numbers; number i follows from the generator and i alone.
  /// - Parameters:
  ///   - target: As many as the shape says.
  ///   - shape: [out, in, kernel…].
  ///   - random: A stream of its own for each parameter.
  public func fill(_ target: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ random: CounterRandom) {
    let kernel = shape.dimensions.dropFirst(2).reduce(1, *)
    let fanOut = Double(shape.rows * kernel)
    let fanIn = Double(max(shape.columns, 1))
    switch self {
    case .constant(let value): target.update(repeating: Float(value))
    case .normal(let deviation): fillNormally(target, deviation, random)
    case .uniform(let bound): fillUniformly(target, bound, random)
    case .truncatedNormal(let deviation, let cut): fillTruncated(target, deviation, cut, random)
    case .xavierUniform(let gain): fillUniformly(target, gain * (6 / (fanIn + fanOut)).squareRoot(), random)
    case .xavierNormal(let gain): fillNormally(target, gain * (2 / (fanIn + fanOut)).squareRoot(), random)
    case .heUniform(let fan, let gain):
      fillUniformly(target, gain * (3 / (fan == .fanIn ? fanIn : fanOut)).squareRoot(), random)
    case .heNormal(let fan, let gain):
      fillNormally(target, gain / (fan == .fanIn ? fanIn : fanOut).squareRoot(), random)
    case .orthogonal(let gain): fillOrthogonally(target, shape, gain, random)
    }
  }

  private func fillNormally(_ target: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ random: CounterRandom) {
    for place in target.indices { target[place] = Float(deviation * random.normal(at: UInt64(place))) }
  }

  private func fillUniformly(_ target: UnsafeMutableBufferPointer<Float>, _ bound: Double, _ random: CounterRandom) {
    for place in target.indices { target[place] = Float(bound * (2 * random.uniform(at: UInt64(place)) - 1)) }
  }

  private func fillTruncated(
    _ target: UnsafeMutableBufferPointer<Float>, _ deviation: Double, _ cut: Double, _ random: CounterRandom
  ) {
    for place in target.indices {
      var (attempt, draw) = (UInt64(0), random.normal(at: UInt64(place)))
      while draw.magnitude > cut {
        attempt += 1
        draw = random.normal(at: UInt64(place) + attempt << 40)
      }
      target[place] = Float(deviation * draw)
    }
  }

  private func fillOrthogonally(
    _ target: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ gain: Double, _ random: CounterRandom
  ) {
    let (long, short) = (max(shape.rows, shape.columns), min(shape.rows, shape.columns))
    var q = (0..<long * short).map { random.normal(at: UInt64($0)) }
    var scratch = [Double](repeating: 0, count: HouseholderQR().scratchCount(rows: long, columns: short))
    HouseholderQR().orthonormalize(&q, rows: long, columns: short, scratch: &scratch)
    for row in 0..<shape.rows {
      for column in 0..<shape.columns {
        let place = shape.rows >= shape.columns ? row * short + column : column * short + row
        target[row * shape.columns + column] = Float(gain * q[place])
      }
    }
  }
}
