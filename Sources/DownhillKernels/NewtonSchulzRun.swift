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
    var gram = ShiftedPanels(panels: small(0), residue: plan.restartsFromGram ? small(1) : nil)
    var product = PanelProduct<Scalar>(kernels: kernels, left: x, right: x, isSymmetric: true)
    (product.columnPanels, product.rowPanels, product.residue) = (gram.panels, gram.panels, gram.residue)
    product.trace = plan.trace(workspace)
    product.run(on: loop)
    gram.center(plan.trace(workspace), kernels)
    return gram
  }

  /// X ← factor · QX: to panels, or as the result.
  private func apply(_ q: ShiftedPanels, factor: Double, from: Int, isLast: Bool) {
    let x = plan.byColumns(from, workspace)
    var product = PanelProduct<Scalar>(
      kernels: kernels, left: plan.isStanding ? x : q.panels, right: plan.isStanding ? q.panels : x)
    product.factor = Float(factor)
    // A tile of X is read where the same worker then writes the new one.
    product.first = Addend(panels: plan.isStanding ? plan.byRows(workspace) : x, factor: Float(factor * q.shift))
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

  private func small(_ index: Int) -> Panels { plan.small(index, workspace) }

  private func iterate(_ gram: ShiftedPanels, norm: Double) {
    if plan.restartsFromGram {
      let q = runTwice(gram, norm: norm)
      apply(q, factor: scale / norm, from: 0, isLast: true)
      return
    }
    var places = GramPlaces(r: small(0), p: small(1), s: small(2), q: small(3))
    var (gram, norm) = (gram, norm)
    var done = 0
    var current = 0
    while done < plan.how.steps {
      let count = min(plan.stepsPerRun, plan.how.steps - done)
      if done > 0 {
        gram = makeGram()
        norm = 1
      }
      let q = run(gram, steps: done..<done + count, norm: norm, in: &places)
      done += count
      let isLast = done == plan.how.steps
      apply(q, factor: (isLast ? scale : 1) / norm, from: current, isLast: isLast)
      current = 1 - current
    }
  }

  /// The product of all P with the restart from R: the X of the second run is QX, and its Gram matrix QRQ.
  ///
  /// R's rounding comes back times ‖Q‖², so that R and QR are kept in twice as many digits. The second Q does not quite
  /// commute with the first, whose rounding is in QRQ and not in R: their product is computed whole and in its order.
  private func runTwice(_ gram: ShiftedPanels, norm: Double) -> ShiftedPanels {
    var places = GramPlaces(r: small(2), p: small(3), s: small(4), q: small(5))
    let first = run(gram, steps: 0..<plan.stepsPerRun, norm: norm, in: &places)
    var turned = ShiftedPanels(panels: places.p, residue: places.s)
    multiply(first, gram, into: &turned, factor: 1)
    var next = ShiftedPanels(panels: places.r)
    multiply(turned, first, into: &next, factor: 1 / (norm * norm))
    places.q = gram.panels
    let second = run(next, steps: plan.stepsPerRun..<plan.how.steps, norm: 1, in: &places)
    var both = ShiftedPanels(panels: places.s)
    multiply(second, first, into: &both, factor: 1, commutes: false)
    return both
  }

  /// Where the small matrices of a run lie: R after its first step, P, what is between two products, and Q.
  private struct GramPlaces {
    var r, p, s, q: Panels
  }

  /// The product of the P of some steps, from R of X; X is to be divided by `norm`.
  /// - Parameter places: Where Q lies at the end, and what is free then.
  private func run(
    _ gram: ShiftedPanels, steps: Range<Int>, norm: Double, in places: inout GramPlaces
  ) -> ShiftedPanels {
    // The first R is not written over where it is needed again.
    var r = ShiftedPanels(panels: gram.panels, shift: gram.shift)
    var (p, s, q) = (
      ShiftedPanels(panels: places.p), ShiftedPanels(panels: places.s), ShiftedPanels(panels: places.q)
    )
    defer { (places.p, places.s, places.q) = (p.panels, s.panels, q.panels) }
    var square = norm * norm
    for step in steps {
      let polynomial = plan.how.table.polynomial(at: step)
      multiply(
        r, r, into: &p, factor: polynomial.c / (square * square), kept: polynomial.b / square, diagonal: polynomial.a)
      let isFirst = step == steps.lowerBound
      if step + 1 < steps.upperBound {
        multiply(r, p, into: &s, factor: 1)
        if isFirst { r = ShiftedPanels(panels: places.r) }
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

  /// C = factor · A·B + kept · A + diagonal · I of symmetric matrices; C is neither of them.
  ///
  /// With A = αI + A' and B = βI + B' the products are A'B', αB' and βA'.
  /// - Parameter commutes: Whether C is symmetric too.
  private func multiply(
    _ a: ShiftedPanels, _ b: ShiftedPanels, into c: inout ShiftedPanels, factor: Double, kept: Double = 0,
    diagonal: Double = 0, commutes: Bool = true
  ) {
    var product = PanelProduct<Scalar>(
      kernels: kernels, left: a.panels, right: b.panels, leftResidue: a.residue, rightResidue: b.residue,
      isSymmetric: commutes)
    product.factor = Float(factor)
    product.first = Addend(panels: a.panels, residue: a.residue, factor: Float(factor * b.shift + kept))
    product.second = Addend(panels: b.panels, residue: b.residue, factor: Float(factor * a.shift))
    (product.columnPanels, product.rowPanels, product.residue) = (commutes ? c.panels : nil, c.panels, c.residue)
    product.trace = plan.trace(workspace)
    product.run(on: loop)
    c.shift = factor * a.shift * b.shift + kept * a.shift + diagonal
    c.center(plan.trace(workspace), kernels)
  }
}
