/// H·v, H the second derivatives of a program's loss by the weights, on the batch that the program holds.
///
///     let product = HessianVectorProduct(of: program)
///     let (curvatures, method) = product(direction)
///
/// By differences of gradients (`GradientDifference`), since no operation has a second derivative of its own: the result
/// says so. In float32 it is off by 1e-5 to 3e-4 of its norm along random directions, by up to 1e-3 along one coordinate, as
/// measured on small networks of each kind; `ReferenceProgram.hessianVectorProduct` does the same in Double, to 1e-10.
/// Where a network has kinks (ReLU, max-pooling), those that lie within a step count, which an exact derivative leaves out.
///
/// Dropout drops the same at all places, and running statistics stay.
public struct HessianVectorProduct {
  /// How a product was made.
  public enum Method: Sendable, Equatable, CustomStringConvertible {
    /// By differences of gradients; the step is h, the direction's factor.
    case difference(GradientDifference, step: Double)

    public var description: String {
      switch self {
      case .difference(let scheme, let step): "central difference of gradients, \(scheme.rawValue), step \(step)"
      }
    }
  }

  private let program: Program
  private let scheme: GradientDifference

  /// - Parameters:
  ///   - program: One that trains.
  ///   - scheme: How many gradients a product takes.
  public init(of program: Program, by scheme: GradientDifference = .fourthOrder) {
    (self.program, self.scheme) = (program, scheme)
  }

  /// H·v. Weights and running statistics are as before when it returns; the store's gradients are those of another place.
  /// - Parameters:
  ///   - direction: v, the numbers of all parameters in their order, `store.count` of them.
  ///   - step: Which step's dropout drops.
  /// - Returns: As many numbers, 0 where v is 0, and how they were made.
  /// - Precondition: The direction has as many numbers as the store.
  public func callAsFunction(_ direction: [Float], step: UInt64 = 0) -> (product: [Float], method: Method) {
    let store = program.store
    precondition(
      direction.count == store.count, "\(direction.count) numbers are no direction of \(store.count) weights")
    let places = store.parameters.indices
    let kept = places.map { Array(store.weights(of: $0)) }
    let statistics = store.buffers.indices.map { Array(store.numbers(ofBuffer: $0)) }
    let (magnitudes, squares) = direction.reduce(into: (0.0, 0.0)) { sums, v in
      sums.0 += Double(v.magnitude)
      sums.1 += Double(v) * Double(v)
    }
    guard squares > 0 else { return (direction, .difference(scheme, step: 0)) }
    let size = kept.joined().reduce(0) { $0 + Double($1) * Double($1) }
    // Half a unit in the last place.
    let length = scheme.step(
      weights: (size, store.count), direction: (magnitudes, squares), rounding: 0x1p-24)
    var sums = [Double](repeating: 0, count: direction.count)
    for (offset, factor) in scheme.stencil {
      var first = 0
      for place in places {
        let weights = store.weights(of: place)
        for i in weights.indices {
          weights[i] = Float(Double(kept[place][i]) + offset * length * Double(direction[first + i]))
        }
        first += weights.count
      }
      program.forward(step: step)
      program.backward()
      for place in store.buffers.indices { _ = store.numbers(ofBuffer: place).update(from: statistics[place]) }
      first = 0
      for place in places {
        let gradient = store.gradient(of: place)
        for i in gradient.indices { sums[first + i] += factor * Double(gradient[i]) }
        first += gradient.count
      }
    }
    for place in places { _ = store.weights(of: place).update(from: kept[place]) }
    return (sums.map { Float($0 / length) }, .difference(scheme, step: length))
  }
}

extension ReferenceProgram {
  /// H·v in Double, by a difference of fourth order: off by some 1e-11 of its norm.
  /// - Parameter direction: v, the numbers of all parameters in their order.
  /// - Returns: As many numbers.
  public func hessianVectorProduct(_ direction: [Double]) -> [Double] {
    let values = (0..<parameterCount).map { value(of: $0) }
    let weights = values.flatMap { self[$0] }
    precondition(weights.count == direction.count, "\(direction.count) numbers are no direction of \(weights.count)")
    let squares = direction.reduce(0) { $0 + $1 * $1 }
    guard squares > 0 else { return direction }
    let scheme = GradientDifference.fourthOrder
    let length = scheme.step(
      weights: (weights.reduce(0) { $0 + $1 * $1 }, weights.count),
      direction: (direction.reduce(0) { $0 + $1.magnitude }, squares), rounding: 0x1p-53)
    var sums = [Double](repeating: 0, count: direction.count)
    for (offset, factor) in scheme.stencil {
      var moved = self
      var first = 0
      for value in values {
        for i in self[value].indices { moved[value][i] += offset * length * direction[first + i] }
        first += self[value].count
      }
      moved.forward()
      moved.backward()
      for (i, slope) in values.flatMap({ moved.gradient(of: $0) }).enumerated() { sums[i] += factor * slope }
    }
    return sums.map { $0 / length }
  }
}
