import DownhillBase
import DownhillKernels
import DownhillNN

/// A small network of parameters that are drawn, run by kernels and by the plain references.
struct NetworkRun {
  let tape = Tape()
  let store: ParameterStore
  let program: Program
  var reference: ReferenceProgram
  private let output: Value
  private let loss: Value

  /// - Parameters:
  ///   - above: The gradient of the output that comes in; drawn where there is none.
  ///   - build: Appends a network whose inputs are parameters.
  init(
    above: [Double]? = nil, seed: UInt64 = 3, loop: TeamLoop = .team,
    _ build: (Tape) -> Value
  ) {
    let made = build(tape)
    let count = tape.shape(of: made).count
    output = tape.reshaped(made, [1, count])
    let weights = tape.input("above", [1, count])
    loss = tape.linear(output, weights)
    store = ParameterStore(tape)
    program = Program(tape, store, mode: .training, loss: loss, results: [output], on: loop)
    reference = ReferenceProgram(tape, mode: .training, loss: loss)
    let random = CounterRandom(seed: seed, stream: 1 << 20)
    let drawn = above ?? (0..<count).map { Double(Float(random.normal(at: UInt64($0)))) }
    reference[weights] = drawn
    for (place, value) in drawn.enumerated() { program.numbers(of: weights)[place] = Float(value) }
    store.initialize(seed: seed)
    for place in tape.parameters.indices { set(place, to: store.weights(of: place).map { Double($0) }) }
  }

  mutating func set(_ parameter: Int, to values: [Double]) {
    for (place, value) in values.enumerated() { store.weights(of: parameter)[place] = Float(value) }
    reference[reference.value(of: parameter)] = values
  }

  mutating func setBuffer(_ buffer: Int, to values: [Double]) {
    for (place, value) in values.enumerated() { store.numbers(ofBuffer: buffer)[place] = Float(value) }
    reference[reference.value(ofBuffer: buffer)] = values
  }

  mutating func set(_ indices: Value, to values: [Int]) {
    for (place, value) in values.enumerated() { program.indices(of: indices)[place] = Int32(value) }
    reference.set(indices, to: values)
  }

  /// Numbers that are handed in.
  mutating func set(_ input: Value, to values: [Double]) {
    for (place, value) in values.enumerated() { program.numbers(of: input)[place] = Float(value) }
    reference[input] = values
  }

  mutating func run() {
    program.forward()
    program.backward()
    reference.forward()
    reference.backward()
  }

  var outputs: [Double] { program.numbers(of: output).map { Double($0) } }
  var referenceOutputs: [Double] { reference[output] }
  func gradient(of parameter: Int) -> [Double] { store.gradient(of: parameter).map { Double($0) } }
  func referenceGradient(of parameter: Int) -> [Double] { reference.gradient(of: reference.value(of: parameter)) }

  /// The loss with one number of one parameter moved.
  private func loss(_ parameter: Int, _ place: Int, moved step: Double) -> Double {
    var moved = reference
    moved[moved.value(of: parameter)][place] += step
    return moved.forward()
  }

  /// The worst difference between the reference's gradient and central differences, at up to nine places of a parameter,
  /// relative to the gradient's greatest number.
  func differenceError(of parameter: Int, step: Double = 1e-5) -> Double {
    let gradient = referenceGradient(of: parameter)
    let scale = max(gradient.reduce(0) { max($0, $1.magnitude) }, 1e-3)
    let places = Set((0..<9).map { $0 * max(gradient.count - 1, 0) / 8 })
    return places.reduce(0) { worst, place in
      let slope = (loss(parameter, place, moved: step) - loss(parameter, place, moved: -step)) / (2 * step)
      return max(worst, (slope - gradient[place]).magnitude / scale)
    }
  }
}

/// ‖a − b‖.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() : .infinity
}

func norm(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }
