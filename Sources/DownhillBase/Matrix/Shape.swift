/// The dimensions of a tensor, and how it is seen as a matrix.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// The lengths, outermost first; none for a single number.
  public let dimensions: [Int]
  /// How many numbers the tensor holds.
  public let count: Int
  /// The rows of the tensor as a matrix: its first dimension, 1 for a single number.
  public let rows: Int
  /// The columns: the product of all further dimensions, so that a vector of n is an n×1 column and a convolution
  /// filter (out, in, height, width) is (out, in·height·width).
  ///
  /// None where the tensor is empty: its other dimensions may be of any length, and their product beyond all bounds.
  public let columns: Int

  /// - Parameter dimensions: The lengths, outermost first, each at least 0.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
    count = dimensions.reduce(1, *)
    rows = dimensions.first ?? 1
    columns = count == 0 ? 0 : count / rows
  }

  public init(arrayLiteral dimensions: Int...) { self.init(dimensions) }

  /// Whether it has rows and columns of its own: two dimensions or more.
  public var isMatrix: Bool { dimensions.count >= 2 }
}

extension Shape: CustomStringConvertible {
  /// As it is written, such as `[3, 4]`.
  public var description: String { "[" + dimensions.map { "\($0)" }.joined(separator: ", ") + "]" }
}
