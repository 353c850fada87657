import DownhillBase

/// One matrix through a plan.
struct NewtonSchulzRun<Scalar: LaneScalar> {
  let plan: NewtonSchulzPlan
  let input: UnsafePointer<Scalar>
  let inputStride: Int
  let output: MatrixPlace<Scalar>
  /// What the result is multiplied by.
  let scale: Double
  let workspace: UnsafeMutableRawPointer
  let loop: LoopBody

  private var kernels: TileKernels { plan.kernels }

  /// ‖X‖² between these leaves every product of the first step in Float's range.
  private static var usualSquares: ClosedRange<Double> { 0x1p-40...0x1p40 }

  func run() {
    pack(unit: 1)
    var gram = makeGram()
    var squares = gram.shift * Double(plan.short)
    var unit = 1.0
    if !Self.usualSquares.contains(squares) {
      guard let power = powerOfTwo() else { return }
      unit = power
      pack(unit: unit)
      gram = makeGram()
      squares = gram.shift * Double(plan.short)
    }
    let norm = max(squares.squareRoot(), plan.how.leastNorm * unit) * plan.how.table.safety
    iterate(gram, norm: norm)
  }

  /// What brings the greatest number near 1; nil, with the output written, where there is nothing to iterate.
  private func powerOfTwo() -> Double? {
    var largest = 0.0
    var isFinite = true
    for row in 0..<output.rows {
      for column in 0..<output.columns {
        let value = input[row * inputStride + column].wide
        largest = max(largest, value.magnitude)
        isFinite = isFinite && value.isFinite
      }
    }
    guard isFinite, largest > 0 else {
      fill(isFinite ? 0 : .nan)
      return nil
    }
    // No greater power than the data's numbers hold.
    let greatest = Int(Scalar.greatestFiniteMagnitude.exponent)
    return Double(sign: .plus, exponent: min(-Int(largest.exponent), greatest), significand: 1)
  }

  private func fill(_ value: Double) {
    for row in 0..<output.rows {
      (output.start + row * output.stride).update(repeating: Scalar(nearest: value), count: output.columns)
    }
  }

  // MARK: X

  private func pack(unit: Double) {
    let (byRows, byColumns) = (plan.byRows(workspace), plan.byColumns(0, workspace))
    MatrixPacking(
      kernels: kernels, source: input, rows: plan.rows, columns: plan.columns, stride: inputStride,
      rowPanels: plan.isStanding ? byColumns : byRows, columnPanels: plan.isStanding ? byRows : byColumns, unit: unit
    ).run(on: loop)
  }

  /// R = XXᵀ.
  private func makeGram() -> ShiftedPanels {
    let x = plan.byRows(workspace)
    let gram = plan.small(0, workspace)
    var product = PanelProduct<Scalar>(kernels: kernels, left: x, right: x, isSymmetric: true)
    (product.columnPanels, product.rowPanels) = (gram, gram)
    product.trace = plan.trace(workspace)
    product.run(on: loop)
    var result = ShiftedPanels(panels: gram)
    result.center(plan.trace(workspace), kernels)
    return result
  }

  /// X ← factor · QX: to panels, or as the result.
  private func apply(_ q: ShiftedPanels, factor: Double, from: Int, isLast: Bool) {
    let x = plan.byColumns(from, workspace)
    var product = PanelProduct<Scalar>(
      kernels: kernels, left: plan.isStanding ? x : q.panels, right: plan.isStanding ? q.panels : x)
    product.factor = Float(factor)
    // A tile of X is read where the same worker then writes the new one.
    product.old = plan.isStanding ? plan.byRows(workspace) : x
    product.kept = Float(factor * q.shift)
    if isLast {
      product.matrix = output
    } else {
      let (byRows, byColumns) = (plan.byRows(workspace), plan.byColumns(1 - from, workspace))
      product.rowPanels = plan.isStanding ? byColumns : byRows
      product.columnPanels = plan.isStanding ? byRows : byColumns
    }
    product.run(on: loop)
  }

  // MARK: Small matrices

  private func iterate(_ gram: ShiftedPanels, norm: Double) {
    var (gram, norm) = (gram, norm)
    var done = 0
    var current = 0
    while done < plan.how.steps {
      let count = min(plan.stepsPerRun, plan.how.steps - done)
      if done > 0 {
        gram = makeGram()
        norm = 1
      }
      let q = run(gram, steps: done..<done + count, norm: norm)
      done += count
      let isLast = done == plan.how.steps
      apply(q, factor: (isLast ? scale : 1) / norm, from: current, isLast: isLast)
      current = 1 - current
    }
  }

  /// The product of the P of some steps, from R of X; X is to be divided by `norm`.
  private func run(_ gram: ShiftedPanels, steps: Range<Int>, norm: Double) -> ShiftedPanels {
    var r = gram
    var (p, s, q) = (
      ShiftedPanels(panels: plan.small(1, workspace)), ShiftedPanels(panels: plan.small(2, workspace)),
      ShiftedPanels(panels: plan.small(3, workspace))
    )
    var square = norm * norm
    for step in steps {
      let polynomial = plan.how.table.polynomial(at: step)
      multiply(
        r, r, into: &p, factor: polynomial.c / (square * square), kept: polynomial.b / square, diagonal: polynomial.a)
      let isFirst = step == steps.lowerBound
      if step + 1 < steps.upperBound {
        multiply(r, p, into: &s, factor: 1)
        multiply(s, p, into: &r, factor: 1 / square)
        square = 1
      }
      if isFirst {
        swap(&p, &q)
      } else {
        multiply(q, p, into: &s, factor: 1)
        swap(&s, &q)
      }
    }
    return q
  }

  /// C = factor · A·B + kept · A + diagonal · I of symmetric matrices that commute; C is neither of them.
  ///
  /// With A = αI + A' and B = βI + B' the products are A'B', αB' and βA'.
  private func multiply(
    _ a: ShiftedPanels, _ b: ShiftedPanels, into c: inout ShiftedPanels, factor: Double, kept: Double = 0,
    diagonal: Double = 0
  ) {
    var product = PanelProduct<Scalar>(kernels: kernels, left: a.panels, right: b.panels, isSymmetric: true)
    product.factor = Float(factor)
    (product.old, product.kept) = (a.panels, Float(factor * b.shift + kept))
    (product.other, product.otherKept) = (b.panels, Float(factor * a.shift))
    (product.columnPanels, product.rowPanels) = (c.panels, c.panels)
    product.trace = plan.trace(workspace)
    product.run(on: loop)
    c.shift = factor * a.shift * b.shift + kept * a.shift + diagonal
    c.center(plan.trace(workspace), kernels)
  }
}
