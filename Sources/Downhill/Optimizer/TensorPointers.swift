import DownhillBase

/// Where one tensor's weights and gradient lie during a step.
public struct TensorPointers<Scalar: WeightScalar>: BitwiseCopyable {
  /// Read and written.
  public let weights: UnsafeMutablePointer<Scalar>
  /// Read only.
  public let gradient: UnsafePointer<Scalar>

  /// - Parameters:
  ///   - weights: The weights, as many as the parameter's shape says.
  ///   - gradient: As many numbers again; must not overlap the weights.
  public init(weights: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>) {
    self.weights = weights
    self.gradient = gradient
  }
}
