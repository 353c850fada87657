import DownhillBase

/// Layers as PyTorch names their parameters: `NAME.weight`, `NAME.bias`.
extension Tape {
  /// A fully connected layer with its parameters.
  func linear(
    _ name: String, _ x: Value, _ outer: Int, _ role: ParameterRole = .hidden, start: Initializer,
    bias: Initializer? = .zeros, activation: ActivationKind = .identity
  ) -> Value {
    let inner = shape(of: x).dimensions.last ?? 1
    let weight = parameter("\(name).weight", [outer, inner], role, start: start)
    let bias = bias.map { parameter("\(name).bias", [outer], .bias, start: $0) }
    return linear(x, weight, bias, activation: activation)
  }

  /// Each item as one row of numbers; images channel by channel, row by row.
  func flattened(_ x: Value) -> Value {
    let shape = shape(of: x)
    return shape.dimensions.count == 2 ? x : reshaped(x, [shape.rows, shape.count / max(shape.rows, 1)])
  }

  /// Patches times a convolution's weights, which are [width, channels, patch, patch]: a convolution whose windows touch.
  func patchEmbedding(
    _ name: String, _ images: Value, _ patch: Int, _ width: Int, start: Initializer, bias: Initializer
  ) -> Value {
    let channels = shape(of: images).dimensions[1]
    let weight = parameter("\(name).weight", [width, channels, patch, patch], .convolution, start: start)
    return linear(patches(images, patch), weight, parameter("\(name).bias", [width], .bias, start: bias))
  }

  /// LayerNorm with gain and bias.
  func layerNorm(_ name: String, _ x: Value, epsilon: Double = 1e-5) -> Value {
    let width = shape(of: x).dimensions.last ?? 1
    let gain = parameter("\(name).weight", [width], .gain, start: .ones)
    return layerNorm(x, gain: gain, bias: parameter("\(name).bias", [width], .bias, start: .zeros), epsilon: epsilon)
  }

  /// A convolution with its parameters, without a bias unless it has a start.
  func convolution(
    _ name: String, _ x: Value, _ channels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
    start: Initializer,
    bias: Initializer? = nil
  ) -> Value {
    let weight = parameter(
      "\(name).weight", [channels, shape(of: x).dimensions[1], kernel.rows, kernel.columns], .convolution, start: start)
    let bias = bias.map { parameter("\(name).bias", [channels], .bias, start: $0) }
    return convolution(x, weight, bias, stride: stride, padding: padding)
  }

  /// The parameters and buffers of a BatchNorm, in their place among the others.
  func declareBatchNorm(_ name: String, channels: Int) {
    _ = parameter("\(name).weight", [channels], .gain, start: .ones)
    _ = parameter("\(name).bias", [channels], .bias, start: .zeros)
    _ = buffer("\(name).running_mean", [channels], start: 0)
    _ = buffer("\(name).running_var", [channels], start: 1)
  }

  /// BatchNorm with gain, bias and running statistics; then the activation of what it makes plus the residual.
  func batchNorm(
    _ name: String, _ x: Value, residual: Value? = nil, activation: ActivationKind = .identity
  ) -> Value {
    let channels = shape(of: x).dimensions[1]
    return batchNorm(
      x, gain: parameter("\(name).weight", [channels], .gain, start: .ones),
      bias: parameter("\(name).bias", [channels], .bias, start: .zeros),
      runningMean: buffer("\(name).running_mean", [channels], start: 0),
      runningVariance: buffer("\(name).running_var", [channels], start: 1), residual: residual, activation: activation)
  }
}

extension Initializer {
  /// Normal with variance 2/fan-in: He et al. 2015, for layers before a ReLU.
  static var he: Initializer { .heNormal(fan: .fanIn, gain: 2.0.squareRoot()) }
}
