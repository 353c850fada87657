public import DownhillBase

/// A rule that looks at a tensor as a matrix, `Shape` says how.
public protocol MatrixRule: Rule {
  /// Whether it has a form for vectors too, or takes matrices alone.
  static var takesVectors: Bool { get }
  /// The bytes of scratch memory that a step over a tensor of this shape takes.
  func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int
  /// By which algorithm and in which numbers a tensor of this shape is stepped, where shape and processor choose: with the
  /// knobs, all that the bits of a result depend on. Nil where there is no choice.
  func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String?
  /// Computes the direction and updates the state.
  func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>)
}

extension MatrixRule {
  public static var takesVectors: Bool { false }
  public func algorithm<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> String? { nil }
}

/// What a matrix rule works on in one step.
public struct MatrixStep<Scalar: WeightScalar, Part: StatePart> {
  /// t = 1, 2, ….
  public let number: Int
  public let shape: Shape
  /// Row-major, as are all below.
  public let weights: UnsafePointer<Scalar>
  public let gradient: UnsafePointer<Scalar>
  /// Where the direction goes.
  public let direction: UnsafeMutablePointer<Scalar>
  /// Scratch memory of the size that the rule asked for, aligned to 64 bytes.
  public let workspace: UnsafeMutableRawPointer
  /// Products and decompositions.
  public let machine: MatrixMachine<Scalar>
  /// Who runs the pieces of a long loop.
  public let loop: LoopBody
  /// The tensor's place among the optimizer's, for random numbers that differ between tensors.
  public let tensor: Int
  @usableFromInline let parts: PartPointers<Scalar>

  @inlinable
  init(
    _ tensor: Chunk<Scalar>, at step: Int, _ place: MatrixPlace<Scalar>,
    into direction: UnsafeMutablePointer<Scalar>, workspace: UnsafeMutableRawPointer
  ) {
    number = step
    machine = place.machine
    loop = place.loop
    self.tensor = place.tensor
    shape = place.shape
    weights = UnsafePointer(tensor.weights)
    gradient = tensor.gradient
    parts = tensor.parts
    self.direction = direction
    self.workspace = workspace
  }

  /// A part of the state.
  @inlinable
  public subscript(part: Part) -> UnsafeMutablePointer<Scalar> { parts[part.rawValue] }
}

/// Which tensor a matrix rule is at, and by what means it computes.
@usableFromInline
struct MatrixPlace<Scalar: WeightScalar> {
  @usableFromInline let tensor: Int
  @usableFromInline let shape: Shape
  @usableFromInline let machine: MatrixMachine<Scalar>
  @usableFromInline let loop: LoopBody

  init(tensor: Int, shape: Shape, machine: MatrixMachine<Scalar>, loop: LoopBody) {
    self.tensor = tensor
    self.shape = shape
    self.machine = machine
    self.loop = loop
  }
}
