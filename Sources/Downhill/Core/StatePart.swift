public import DownhillBase

/// What one number of a part of the state belongs to.
public enum StateExtent: Sendable {
  /// One number a weight.
  case weight
  /// One number a weight of a vector; a matrix has none.
  case vector
  /// One number a row of a matrix; a vector has none.
  case rows
  /// One number a column of a matrix; a vector has none.
  case columns
  /// One number a row of a matrix, or for a whole vector.
  case blocks
  /// One number for the whole tensor, as a norm's average is. Only `MeasuringRule.constants` sees it.
  case tensor
  /// As the rule says for a shape: factors of a matrix, whose size its hyperparameters may set.
  case factor

  /// The part's shape for a tensor of weights; nil where the tensor has no such part.
  public func shape(for weights: Shape) -> Shape? {
    switch self {
    case .weight: weights
    case .vector: weights.isMatrix ? nil : weights
    case .rows: weights.isMatrix ? [weights.rows] : nil
    case .columns: weights.isMatrix ? [weights.columns] : nil
    case .blocks: weights.isMatrix ? [weights.rows] : []
    case .tensor: []
    case .factor: nil
    }
  }
}

/// The parts of a rule's state, one number a weight each unless it says otherwise: an enumeration with raw values 0, 1, …
///
/// The names are those of PyTorch's `state_dict` where PyTorch has the rule: they appear in files and in
/// `race --inspect`.
public protocol StatePart: CaseIterable, RawRepresentable, Sendable where RawValue == Int {
  /// The name in files and on the command line.
  var name: StaticString { get }
  /// What one number of it belongs to.
  var extent: StateExtent { get }
  /// Whether it is written in the first step alone, and only read after.
  var isFixed: Bool { get }
}

extension StatePart {
  @inlinable
  public var extent: StateExtent { .weight }
  @inlinable
  public var isFixed: Bool { false }
}

/// The state of a rule that keeps none.
public enum NoState: StatePart {
  public static var allCases: [NoState] { [] }

  public init?(rawValue: Int) { nil }
  public var rawValue: Int { switch self {} }
  public var name: StaticString { switch self {} }
}

/// The state of the weights that a lane holds, as the equation sees it: `s[.mean]` reads and writes one part.
///
/// It reads from and writes to the buffers themselves; a part that the rule does not touch costs no traffic.
public struct StateLane<L: Lane, Part: StatePart> {
  @usableFromInline let pointers: PartPointers<L.Scalar>
  @usableFromInline let offset: Int

  @inlinable @inline(__always)
  init(_ pointers: PartPointers<L.Scalar>, at offset: Int) {
    self.pointers = pointers
    self.offset = offset
  }

  /// One part, at the places of this lane.
  @inlinable
  public subscript(part: Part) -> L {
    @inline(__always) get { L(from: pointers[part.rawValue] + offset) }
    @inline(__always) nonmutating set { newValue.write(to: pointers[part.rawValue] + offset) }
  }
}

/// Where the parts of one tensor's state begin: a fixed number of pointers, so that a step allocates nothing.
///
/// A part that a rule does not keep points at no memory of its own and is never touched.
public struct PartPointers<Scalar: LaneScalar>: BitwiseCopyable, @unchecked Sendable {
  /// No rule known keeps more (Prodigy keeps seven).
  @usableFromInline static var capacity: Int { 8 }

  @usableFromInline var first, second, third, fourth: UnsafeMutablePointer<Scalar>
  @usableFromInline var fifth, sixth, seventh, eighth: UnsafeMutablePointer<Scalar>

  @inlinable
  init(all pointer: UnsafeMutablePointer<Scalar>) {
    (first, second, third, fourth) = (pointer, pointer, pointer, pointer)
    (fifth, sixth, seventh, eighth) = (pointer, pointer, pointer, pointer)
  }

  @inlinable
  subscript(part: Int) -> UnsafeMutablePointer<Scalar> {
    @inline(__always) get {
      switch part {
      case 0: first
      case 1: second
      case 2: third
      case 3: fourth
      case 4: fifth
      case 5: sixth
      case 6: seventh
      default: eighth
      }
    }
    set {
      switch part {
      case 0: first = newValue
      case 1: second = newValue
      case 2: third = newValue
      case 3: fourth = newValue
      case 4: fifth = newValue
      case 5: sixth = newValue
      case 6: seventh = newValue
      default: eighth = newValue
      }
    }
  }

  @inlinable
  func advanced(by offset: Int) -> Self {
    var moved = self
    for part in 0..<Self.capacity { moved[part] += offset }
    return moved
  }
}
