import Downhill
import DownhillBase

/// The memory of an iteration on one matrix, rows ≤ columns.
struct IterationMemory<Number: WeightScalar> {
  let rows, columns: Int
  /// X and, during a step, what it was: rows × columns.
  let x, old: UnsafeMutablePointer<Number>
  /// rows × rows each; the last two are there in the Gram form only.
  let gram, polynomial, product, spare: UnsafeMutablePointer<Number>

  init(_ workspace: UnsafeMutableRawPointer, rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    let (whole, square) = (padded(rows * columns), padded(rows * rows))
    x = workspace.assumingMemoryBound(to: Number.self)
    old = x + whole
    gram = old + whole
    polynomial = gram + square
    product = polynomial + square
    spare = product + square
  }

  /// Row i of X ← X / (safety · max(√Σⱼ|Aᵢⱼ|, least norm)), with A = XXᵀ in `gram`: no singular value is above 1 then.
  func scaleRows(leastNorm: Double, safety: Double) {
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<rows { sum += gram[row * rows + column].wide.magnitude }
      let norm = Number(nearest: safety * max(sum.squareRoot(), leastNorm))
      // What is so small beside the largest row that its squares vanish counts as zero.
      let isZero = norm == 0
      for place in row * columns..<(row + 1) * columns { x[place] = isZero ? 0 : x[place] / norm }
    }
  }
}

/// The products of an iteration, each rounded to bfloat16 where that is asked for.
struct IterationProducts<Number: WeightScalar> {
  let machine: MatrixMachine<Number>
  let loop: LoopBody
  let isRounded: Bool

  /// X ← aX + (bA + cA²)X with A = XXᵀ, step by step.
  func iterate(_ how: Orthogonalization, _ m: IterationMemory<Number>) {
    let wide = ProductSize(rows: m.rows, inner: m.rows, columns: m.columns)
    for step in 0..<how.steps {
      let p = how.table.polynomial(at: step)
      m.old.update(from: m.x, count: m.rows * m.columns)
      gram(of: m.old, m)
      bAndC(p, m)
      // X still holds what it was, of which a·X is kept.
      machine.product(
        .plain, m.polynomial, m.old, m.x, wide, Number(nearest: 1), Number(nearest: p.a), loop)
      round(m.x, m.rows * m.columns)
    }
  }

  /// The same on A alone, whose polynomials are multiplied up and applied to X at the end and before every restart. All
  /// matrices are polynomials of one symmetric A, and so symmetric, and in any order.
  ///
  /// Dao AI Lab 2026, *Gram Newton-Schulz*, dao-lab.ai/blog/2026/gram-newton-schulz.
  func iterateGram(_ how: Orthogonalization, _ m: IterationMemory<Number>) {
    guard how.steps > 0 else { return }
    let (restart, square) = (how.plainRestart, m.rows * m.rows)
    // Whether `product` holds one yet.
    var isProduct = false
    gram(of: m.x, m)
    for step in 0..<how.steps {
      if step > 0, step % restart == 0 {
        apply(m)
        gram(of: m.x, m)
        isProduct = false
      }
      let p = how.table.polynomial(at: step)
      bAndC(p, m)
      for place in 0..<m.rows { m.polynomial[place * m.rows + place] += Number(nearest: p.a) }
      if isProduct {
        multiply(m.product, m.polynomial, into: m.spare, m)
        m.product.update(from: m.spare, count: square)
      } else {
        m.product.update(from: m.polynomial, count: square)
        isProduct = true
      }
      let isLast = step + 1 == how.steps || (step + 1) % restart == 0
      if !isLast {
        // XXᵀ of the next X is PAP.
        multiply(m.gram, m.polynomial, into: m.spare, m)
        multiply(m.spare, m.polynomial, into: m.gram, m)
      }
    }
    apply(m)
  }

  /// A = XXᵀ.
  func gram(of x: UnsafePointer<Number>, _ m: IterationMemory<Number>) {
    let size = ProductSize(rows: m.rows, inner: m.columns, columns: m.rows)
    machine.symmetricProduct(.rightTransposed, x, m.gram, size, Number(nearest: 1), Number(nearest: 0), loop)
    round(m.gram, m.rows * m.rows)
  }

  /// The polynomial bA + cA².
  private func bAndC(_ p: OddPolynomial, _ m: IterationMemory<Number>) {
    let square = m.rows * m.rows
    if p.c == 0 {
      for place in 0..<square { m.polynomial[place] = Number(nearest: p.b) * m.gram[place] }
    } else {
      m.polynomial.update(from: m.gram, count: square)
      // A is its own transpose.
      machine.symmetricProduct(
        .rightTransposed, m.gram, m.polynomial, ProductSize(rows: m.rows, inner: m.rows, columns: m.rows),
        Number(nearest: p.c), Number(nearest: p.b), loop)
    }
    round(m.polynomial, square)
  }

  private func multiply(
    _ a: UnsafePointer<Number>, _ b: UnsafePointer<Number>, into c: UnsafeMutablePointer<Number>,
    _ m: IterationMemory<Number>
  ) {
    let size = ProductSize(rows: m.rows, inner: m.rows, columns: m.rows)
    machine.product(.plain, a, b, c, size, Number(nearest: 1), Number(nearest: 0), loop)
    round(c, m.rows * m.rows)
  }

  /// X ← product · X.
  private func apply(_ m: IterationMemory<Number>) {
    m.old.update(from: m.x, count: m.rows * m.columns)
    let size = ProductSize(rows: m.rows, inner: m.rows, columns: m.columns)
    machine.product(.plain, m.product, m.old, m.x, size, Number(nearest: 1), Number(nearest: 0), loop)
    round(m.x, m.rows * m.columns)
  }

  /// To numbers of 16 bits, where the iteration is to run in such.
  func round(_ values: UnsafeMutablePointer<Number>, _ count: Int) {
    guard isRounded else { return }
    for place in 0..<count { values[place] = Number(nearest: Double(BFloat16(Float(values[place].wide)).wide)) }
  }
}
