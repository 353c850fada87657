import DownhillBase

/// Values and gradients in Double, each in an array of its own: what the plain references run on.
struct ReferenceMemory {
  var values: [[Double]]
  var gradients: [[Double]]
  var indices: [[Int]]
  let bases: [Int]
  let isTraining: Bool
  let step: UInt64

  subscript(value: Value) -> [Double] {
    get { values[bases[value.index]] }
    set { values[bases[value.index]] = newValue }
  }

  /// Zero where nothing was added.
  subscript(gradient value: Value) -> [Double] {
    get { gradients[bases[value.index]] }
    set { gradients[bases[value.index]] = newValue }
  }

  func whole(_ value: Value) -> [Int] { indices[bases[value.index]] }

  mutating func add(_ gradient: [Double], to value: Value) {
    let base = bases[value.index]
    for place in gradient.indices { gradients[base][place] += gradient[place] }
  }
}

/// A tape run by the plain references of its operations, in Double: slow, and the oracle for the fast one.
public struct ReferenceProgram {
  private let tape: Tape
  private var memory: ReferenceMemory
  private let loss: Value?

  public init(_ tape: Tape, mode: Program.Mode, loss: Value?) {
    self.tape = tape
    self.loss = loss
    let counts = tape.values.map { $0.base == nil ? $0.shape.count : 0 }
    memory = ReferenceMemory(
      values: tape.values.enumerated().map { place, value in
        if case .buffer(let buffer) = value.kind {
          Array(repeating: tape.buffers[buffer].start, count: counts[place])
        } else {
          Array(repeating: 0, count: counts[place])
        }
      }, gradients: counts.map { Array(repeating: 0, count: $0) },
      indices: tape.values.map { value in
        if case .indices = value.kind { Array(repeating: 0, count: value.shape.count) } else { [] }
      }, bases: tape.values.enumerated().map { $1.base?.index ?? $0 }, isTraining: mode == .training, step: 0)
  }

  /// The numbers of a value; an input's or a parameter's are set here.
  public subscript(value: Value) -> [Double] {
    get { memory[value] }
    set { memory[value] = newValue }
  }

  public mutating func set(_ value: Value, to indices: [Int]) { memory.indices[tape.base(of: value).index] = indices }

  /// The gradient of a value after a backward pass.
  public func gradient(of value: Value) -> [Double] { memory[gradient: value] }

  /// How many parameters the tape has.
  var parameterCount: Int { tape.parameters.count }

  /// A parameter's value on the tape.
  public func value(of parameter: Int) -> Value {
    let place = tape.values.firstIndex { $0.base == nil && $0.kind == .parameter(parameter) }
    return Value(index: place ?? 0)
  }

  /// A buffer's value on the tape.
  public func value(ofBuffer buffer: Int) -> Value {
    Value(index: tape.values.firstIndex { $0.base == nil && $0.kind == .buffer(buffer) } ?? 0)
  }

  @discardableResult
  public mutating func forward() -> Double {
    for operation in tape.operations { operation.forward(&memory) }
    return loss.map { memory[$0][0] } ?? 0
  }

  public mutating func backward() {
    for place in memory.gradients.indices {
      memory.gradients[place] = Array(repeating: 0, count: memory.gradients[place].count)
    }
    if let loss { memory[gradient: loss] = [1] }
    for operation in tape.operations.reversed() { operation.backward(&memory) }
  }
}
