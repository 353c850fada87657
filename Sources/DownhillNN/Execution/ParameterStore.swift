import DownhillBase

/// The weights of a network and their gradients: shared by the programs that train and that evaluate it.
public final class ParameterStore: @unchecked Sendable {
  public let parameters: [NetworkParameter]
  /// What is kept beside them.
  public let buffers: [NetworkBuffer]
  private let weights: AlignedMemory<Float>
  private let gradients: AlignedMemory<Float>
  private let statistics: AlignedMemory<Float>
  private let starts: [Int]
  private let bufferStarts: [Int]

  /// Memory for the parameters of a tape, all zero, and for its buffers as they start.
  public init(_ parameters: [NetworkParameter], buffers: [NetworkBuffer] = []) {
    self.parameters = parameters
    self.buffers = buffers
    var (starts, count) = ([Int](), 0)
    for parameter in parameters {
      starts.append(count)
      count += padded(parameter.shape.count)
    }
    self.starts = starts
    weights = AlignedMemory(count: count, repeating: 0)
    gradients = AlignedMemory(count: count, repeating: 0)
    let ends = buffers.reduce(into: [0]) { $0.append(($0.last ?? 0) + padded($1.shape.count)) }
    bufferStarts = ends.dropLast()
    statistics = AlignedMemory(count: ends.last ?? 0, repeating: 0)
    resetBuffers()
  }

  /// Memory for all that a tape keeps.
  public convenience init(_ tape: Tape) { self.init(tape.parameters, buffers: tape.buffers) }

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

  /// The numbers of a buffer, by its place.
  public func numbers(ofBuffer buffer: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: statistics.start + bufferStarts[buffer], count: buffers[buffer].shape.count)
  }

  private func resetBuffers() {
    for (place, buffer) in buffers.enumerated() { numbers(ofBuffer: place).update(repeating: Float(buffer.start)) }
  }

  /// Draws the weights anew: parameter i from stream i of the seed, so that one more parameter changes no other. Buffers
  /// are as they start.
  public func initialize(seed: UInt64) {
    resetBuffers()
    for (place, parameter) in parameters.enumerated() {
      parameter.start.fill(weights(of: place), parameter.shape, CounterRandom(seed: seed, stream: UInt64(place)))
    }
  }
}
