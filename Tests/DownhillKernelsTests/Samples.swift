import DownhillBase
import DownhillKernels
import Testing

/// Normally distributed numbers.
func gaussian(_ count: Int, seed: UInt64) -> [Float] {
  let random = CounterRandom(seed: seed)
  return (0..<count).map { Float(random.normal(at: UInt64($0))) }
}

/// Where plain products are to be had, and who runs them.
let serial = LoopBody(SerialLoop())

/// ‖a − b‖ / ‖b‖.
func relativeError(_ a: [Float], _ b: [Double]) -> Double {
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    difference += (Double(x) - y) * (Double(x) - y)
    norm += y * y
  }
  return (difference / norm).squareRoot()
}

/// The polynomials of a table, one after the other, on X/‖X‖, in Double and by three plain products a step.
func reference(_ x: [Float], rows: Int, columns: Int, _ how: Orthogonalization = Orthogonalization()) -> [Double] {
  let product = PlainMatrixProduct()
  let isTall = rows > columns
  let (n, m) = (min(rows, columns), max(rows, columns))
  func lying(_ row: Int, _ column: Int) -> Int { isTall ? column * m + row : row * m + column }
  var w = [Double](repeating: 0, count: n * m)
  var largest = 0.0
  for value in x { largest = max(largest, Double(value.magnitude)) }
  for row in 0..<rows {
    for column in 0..<columns { w[lying(row, column)] = Double(x[row * columns + column]) / largest }
  }
  let norm = w.reduce(0) { $0 + $1 * $1 }.squareRoot() * how.table.safety
  for place in w.indices { w[place] /= norm }
  var gram = [Double](repeating: 0, count: n * n)
  for step in 0..<how.steps {
    let p = how.table.polynomial(at: step)
    product.multiply(.rightTransposed, w, w, into: &gram, rows: n, inner: m, columns: n)
    var factor = gram
    product.multiply(.plain, gram, gram, into: &factor, rows: n, inner: n, columns: n, scale: p.c, keep: p.b)
    for place in 0..<n { factor[place * n + place] += p.a }
    let old = w
    product.multiply(.plain, factor, old, into: &w, rows: n, inner: n, columns: m)
  }
  return (0..<rows * columns).map { w[lying($0 / columns, $0 % columns)] }
}

/// The result of the fused iteration on one level.
func orthogonalized(
  _ x: [Float], _ stack: MatrixStack, _ how: Orthogonalization, by level: KernelLevel = .best, scale: Double = 1,
  threads: Int = 1
) throws -> [Float] {
  let fused = try #require(MatrixMachine<Float>.accelerated(by: level).fused)
  try #require(fused.supports(how, stack))
  // Whatever lies in the workspace must not matter.
  let workspace = AlignedMemory<Float>(count: fused.workspaceSize(how, stack) / 4, repeating: .nan)
  var output = [Float](repeating: .nan, count: x.count)
  fused.run(how, stack, x, &output, scale, workspace.start, LoopBody(TeamLoop(workerCount: threads)))
  return output
}
