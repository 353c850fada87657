/// The models that can be asked for by name. A value: a program adds its own.
public struct ModelCatalogue: Sendable {
  /// In the order in which they are listed.
  public var entries: [ModelEntry]

  /// - Parameter entries: In the order in which they are listed; no two of one name.
  public init(_ entries: [ModelEntry]) { self.entries = entries }

  /// All of this module.
  public static var standard: ModelCatalogue {
    ModelCatalogue([
      ModelEntry("linear-regression", "One linear layer that predicts numbers.", LinearRegression()),
      ModelEntry("softmax-regression", "One linear layer that makes logits.", SoftmaxRegression()),
      ModelEntry("mlp", "Fully connected layers.", MLP()),
      ModelEntry("cnn", "Two convolutions with max-pooling and two fully connected layers.", CNN()),
      ModelEntry("resnet8", "A residual network of three blocks.", ResNet(blocks: [1, 1, 1])),
      ModelEntry("resnet18", "A residual network of eight blocks.", ResNet(blocks: [2, 2, 2, 2])),
      ModelEntry("resnet34", "A residual network of sixteen blocks.", ResNet(blocks: [3, 4, 6, 3])),
      ModelEntry(
        "resnet50", "A residual network of sixteen bottlenecks.", ResNet(blocks: [3, 4, 6, 3], isBottleneck: true)),
      ModelEntry("resnet20", "A narrow residual network of nine blocks.", ResNet(blocks: [3, 3, 3], width: 16)),
      ModelEntry("resnet56", "A narrow residual network of 27 blocks.", ResNet(blocks: [9, 9, 9], width: 16)),
      ModelEntry("vit-tiny", "A transformer over patches of images.", VisionTransformer()),
      ModelEntry("mlp-mixer", "MLPs along patches and along channels in turn.", Mixer()),
      ModelEntry("gpt", "A decoder of tokens in GPT-2's shape.", GPT()),
      ModelEntry("gpt-bench", "The same with six layers of width 384 over 256 tokens.", GPT.bench),
      ModelEntry("gpt2", "The same in the size of GPT-2's smallest: 124 million weights.", GPT.gpt2),
      ModelEntry("gpt-modern", "A decoder of tokens with rotary positions, RMSNorm and SwiGLU.", GPTModern()),
    ])
  }

  /// The model of this name, if there is one.
  public func entry(named name: String) -> ModelEntry? { entries.first { $0.name.description == name } }
}
