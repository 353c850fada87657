import DownhillBase

/// The weights of a network and their gradients: shared by the programs that train and that evaluate it.
public final class ParameterStore: @unchecked Sendable {
  public let parameters: [NetworkParameter]
  private let weights: AlignedMemory<Float>
  private let gradients: AlignedMemory<Float>
  private let starts: [Int]

  /// Memory for the parameters of a tape, all zero.
  public init(_ parameters: [NetworkParameter]) {
    self.parameters = parameters
    var (starts, count) = ([Int](), 0)
    for parameter in parameters {
      starts.append(count)
      count += aligned(parameter.shape.count)
    }
    self.starts = starts
    weights = AlignedMemory(count: count, repeating: 0)
    gradients = AlignedMemory(count: count, repeating: 0)
  }

  /// How many numbers the parameters have together.
  public var count: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// The weights of a parameter, by its place.
  public func weights(of parameter: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: weights.start + starts[parameter], count: parameters[parameter].shape.count)
  }

  /// The gradient of a parameter, by its place; of the last backward pass.
  public func gradient(of parameter: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: gradients.start + starts[parameter], count: parameters[parameter].shape.count)
  }

  /// Draws the weights anew: parameter i from stream i of the seed, so that one more parameter changes no other.
  public func initialize(seed: UInt64) {
    for (place, parameter) in parameters.enumerated() {
      parameter.start.fill(weights(of: place), parameter.shape, CounterRandom(seed: seed, stream: UInt64(place)))
    }
  }
}
