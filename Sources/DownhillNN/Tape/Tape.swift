public import DownhillBase

/// A network as the list of its operations, in the order in which they run.
///
/// A model is written once, as calls that append to a tape; a `Program` plans memory for it and runs it forward and
/// backward. Nothing is recorded again in later steps.
public final class Tape {
  private(set) var values: [ValueDescription] = []
  private(set) var operations: [any Operation] = []
  public private(set) var parameters: [NetworkParameter] = []
  public private(set) var buffers: [NetworkBuffer] = []
  /// In what numbers the factors of the products that come next are.
  public var productPrecision = ProductPrecision.float
  private var parameterValues: [String: Value] = [:]
  private var bufferValues: [String: Value] = [:]

  /// An empty tape.
  public init() {}

  /// The dimensions of a value.
  public func shape(of value: Value) -> Shape { values[value.index].shape }

  /// Numbers that are handed in before a step.
  public func input(_ name: String, _ shape: Shape) -> Value { add(shape, .input(name)) }

  /// Whole numbers that are handed in before a step.
  public func indices(_ name: String, _ shape: Shape) -> Value { add(shape, .indices(name)) }

  /// A parameter; the one of that name, where there is one already (tied weights).
  /// - Precondition: One of that name has the same shape.
  public func parameter(
    _ name: String, _ shape: Shape, _ role: ParameterRole, start: Initializer
  ) -> Value {
    if let known = parameterValues[name] {
      precondition(self.shape(of: known) == shape, "\(name) is \(self.shape(of: known)) and \(shape)")
      return known
    }
    let value = add(shape, .parameter(parameters.count))
    parameters.append(NetworkParameter(name: name, shape: shape, role: role, start: start))
    parameterValues[name] = value
    return value
  }

  /// Numbers that a network keeps from step to step, and no gradient moves; those of that name, where there are some.
  public func buffer(_ name: String, _ shape: Shape, start: Double) -> Value {
    if let known = bufferValues[name] { return known }
    let value = add(shape, .buffer(buffers.count))
    buffers.append(NetworkBuffer(name: name, shape: shape, start: start))
    bufferValues[name] = value
    return value
  }

  /// The same numbers in another shape.
  /// - Precondition: It has as many of them.
  public func reshaped(_ value: Value, _ shape: Shape) -> Value {
    let value = plain(value)
    precondition(self.shape(of: value).count == shape.count, "\(self.shape(of: value)) is no \(shape)")
    let base = values[value.index].base ?? value
    values.append(ValueDescription(shape: shape, kind: values[base.index].kind, base: base))
    return Value(index: values.count - 1)
  }

  /// A value that the next operation will make.
  func make(_ shape: Shape, _ layout: Layout = .plain) -> Value { add(shape, .computed, layout) }

  func layout(of value: Value) -> Layout { values[value.index].layout }

  /// How many numbers a value takes in memory.
  func storedCount(of value: Value) -> Int { layout(of: value).storedCount(shape(of: value)) }

  var operationCount: Int { operations.count }

  func append(_ operation: any Operation) { operations.append(operation) }

  /// The value whose memory a value is.
  func base(of value: Value) -> Value { values[value.index].base ?? value }

  private func add(_ shape: Shape, _ kind: ValueKind, _ layout: Layout = .plain) -> Value {
    values.append(ValueDescription(shape: shape, kind: kind, base: nil, layout: layout))
    return Value(index: values.count - 1)
  }
}
