import Downhill
import DownhillBase
import DownhillMatrix

/// Muon by Newton-Schulz in Double, written a second time, with a fault.
struct BrokenMuon<F: Fault>: MatrixRule {
  var learningRate = 1e-3
  var weightDecay = 0.1
  var momentum = 0.95
  var nesterov = true
  var epsilon = 0.0
  var steps = 5
  var scale = ShapeScale.original
  var method = Orthogonalizer.Method.quintic
  var precision = Orthogonalization.Precision.data

  static var name: StaticString { Muon.name }
  static var about: RuleDescription { Muon.about }
  static var knobs: [Knob<Self>] {
    [
      .learningRate,
      .averaging("momentum", "", { $0.momentum }, { $0.momentum = $1 }),
      .flag("nesterov", "", { $0.nesterov }, { $0.nesterov = $1 }),
      .weightDecay("", { $0.weightDecay }, { $0.weightDecay = $1 }),
      .epsilon("", { $0.epsilon }, { $0.epsilon = $1 }),
      .integer("steps", in: KnobRange(0, 99), "", { $0.steps }, { $0.steps = $1 }),
      .choice("scale", "", { $0.scale }, { $0.scale = $1 }),
      .choice("orthogonalizer", "", { $0.method }, { $0.method = $1 }),
      .choice("precision", "", { $0.precision }, { $0.precision = $1 }),
    ]
  }

  typealias Part = Muon.Part
  var decay: WeightDecay { weightDecay == 0 ? .none : .before(weightDecay) }

  func workspaceSize<Scalar: WeightScalar>(for shape: Shape, on machine: MatrixMachine<Scalar>) -> Int {
    let rows = min(shape.rows, shape.columns)
    return (2 * shape.count + 2 * rows * rows) * MemoryLayout<Double>.stride
  }

  func direction<Scalar: WeightScalar>(_ step: MatrixStep<Scalar, Part>) {
    let (shape, count) = (step.shape, step.shape.count)
    let x = step.workspace.assumingMemoryBound(to: Double.self)
    let isTall = shape.rows > shape.columns
    func lying(_ place: Int) -> Int { isTall ? place % shape.columns * shape.rows + place / shape.columns : place }

    var squares = 0.0
    for place in 0..<count {
      let g = step.gradient[place].wide
      let b = momentum * step[.momentum][place].wide + (1 - momentum) * g
      step[.momentum][place] = Scalar(nearest: b)
      let u = nesterov && F.kind != .nesterovIgnored ? (1 - momentum) * g + momentum * b : b
      x[lying(place)] = u
      squares += u * u
    }
    guard squares > 0 else {
      step.direction.update(repeating: Scalar(nearest: 0), count: count)
      return
    }
    let norm = F.kind == .noNormalization ? 4 : max(squares.squareRoot(), epsilon)
    for place in 0..<count { x[place] /= norm }
    orthogonalize(x, min(shape.rows, shape.columns), max(shape.rows, shape.columns), scratch: x + count)
    let size = F.kind == .scalesByOtherAxis ? factor(shape.columns, shape.rows) : factor(shape.rows, shape.columns)
    for place in 0..<count {
      step.direction[place] = Scalar(nearest: size * x[F.kind == .forgetsTranspose ? place : lying(place)])
    }
  }

  /// X ← aX + (bA + cA²)X with A = XXᵀ, as often as `steps` says.
  private func orthogonalize(
    _ x: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int, scratch old: UnsafeMutablePointer<Double>
  ) {
    let (a, b, c) = (3.4445, -4.7750, 2.0315)
    let gram = old + rows * columns
    let polynomial = gram + rows * rows
    for _ in 0..<steps {
      old.update(from: x, count: rows * columns)
      for (i, j) in pairs(rows, rows) {
        gram[i * rows + j] = (0..<columns).reduce(0) { $0 + old[i * columns + $1] * old[j * columns + $1] }
      }
      for (i, j) in pairs(rows, rows) {
        let square = (0..<rows).reduce(0) { $0 + gram[i * rows + $1] * gram[$1 * rows + j] }
        polynomial[i * rows + j] = b * gram[i * rows + j] + c * square
      }
      for (i, j) in pairs(rows, columns) {
        let product = (0..<rows).reduce(0) { $0 + polynomial[i * rows + $1] * old[$1 * columns + j] }
        x[i * columns + j] = a * old[i * columns + j] + product
      }
    }
  }

  private func pairs(_ rows: Int, _ columns: Int) -> some Sequence<(Int, Int)> {
    (0..<rows * columns).lazy.map { ($0 / columns, $0 % columns) }
  }

  private func factor(_ rows: Int, _ columns: Int) -> Double {
    let (rows, columns) = (Double(rows), Double(columns))
    return switch scale {
    case .original: max(1, rows / columns).squareRoot()
    case .matchRMSAdamW: 0.2 * max(rows, columns).squareRoot()
    case .spectralUnclamped: (rows / columns).squareRoot()
    case .none: 1
    }
  }
}

/// Cautious, with a fault.
struct BrokenCautious<F: Fault>: Wrapper {
  static var name: StaticString { Cautious.name }
  static var summary: StaticString { Cautious.summary }
  static var equation: StaticString { Cautious.equation }
  static var knobs: [Knob<Self>] { [] }

  var changesDirection: Bool { true }
  @inline(__always)
  func direction<L: Lane>(_ d: L, gradient g: L) -> L { measure(d, gradient: g) * d }

  var scalesDirection: Bool { true }
  @inline(__always)
  func measure<L: Lane>(_ d: L, gradient g: L) -> L { larger(sign(d) * sign(g), L(0.0)) }
  func directionFactor(squares: Double, count: Int) -> Double {
    F.kind == .scalesMaskByNothing ? 1 : Double(count) / (squares + 1)
  }
}
