import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Stacks of matrices and views of them: the same bits as matrix by matrix, and nothing between is touched.
@Suite("Orthogonalisers: stacks and views")
struct StackTests {
  static let methods: [Orthogonalizer] = [
    Orthogonalizer(), Orthogonalizer(algorithm: .gram), Orthogonalizer(.newtonSchulz(.aol)), Orthogonalizer(.svd),
    Orthogonalizer(precision: .bfloat16), Orthogonalizer(precision: .double),
  ]

  @Test("a stack is its matrices, one by one", arguments: methods)
  func stack(_ how: Orthogonalizer) {
    let matrices = (0..<3).map { MatrixSample.gaussian(4, 6, seed: 50 + UInt64($0)).values.map { Float($0) } }
    let single = MatrixStack(rows: 4, columns: 6)
    let apart = matrices.flatMap { orthogonalized($0, single, how) }
    let together = orthogonalized(matrices.flatMap { $0 }, MatrixStack(count: 3, rows: 4, columns: 6), how)
    #expect(difference(together, apart) == nil)
  }

  @Test("a transposed view is the transpose", arguments: methods)
  func transposed(_ how: Orthogonalizer) {
    let values = MatrixSample.gaussian(4, 7).values.map { Float($0) }
    let turned = (0..<28).map { values[$0 % 4 * 7 + $0 / 4] }
    let usual = orthogonalized(values, MatrixStack(rows: 4, columns: 7), how)
    // The transpose in the same memory, and in memory of its own.
    #expect(difference(orthogonalized(values, MatrixStack(rows: 4, columns: 7).transposed, how), usual) == nil)
    let other = orthogonalized(turned, MatrixStack(rows: 7, columns: 4), how)
    #expect(difference((0..<28).map { other[$0 % 7 * 4 + $0 / 7] }, usual) == nil)
  }

  /// Queries, keys and values of three heads each, fused by columns: 9 matrices of 5×4 in one of 5×36.
  @Test("a split by columns leaves what is between alone", arguments: methods)
  func split(_ how: Orthogonalizer) {
    let (rows, columns, width) = (5, 36, 4)
    let values = MatrixSample.gaussian(rows, columns).values.map { Float($0) }
    let everyThird = MatrixStack(
      count: 3, rows: rows, columns: width, matrixStride: 3 * width, rowStride: columns, columnStride: 1)
    let found = orthogonalized(values, everyThird, how, scale: 0.5)
    var wanted = values
    for block in 0..<3 {
      let places = (0..<rows * width).map { block * 3 * width + $0 / width * columns + $0 % width }
      let result = orthogonalized(places.map { values[$0] }, MatrixStack(rows: rows, columns: width), how, scale: 0.5)
      for (place, value) in zip(places, result) { wanted[place] = value }
    }
    #expect(difference(found, wanted) == nil)
  }

  @Test("bfloat16 inside: no step at all leaves X as such numbers")
  func rounding() {
    let how = Orthogonalizer(steps: 0, precision: .bfloat16)
    let found = MatrixSample.gaussian(5, 6).orthogonalized(how, in: Double.self)
    #expect(found.allSatisfy { Double(BFloat16(Float($0)).wide) == $0 })
  }

  @Test("a machine's own iteration is taken where it can do as told, and only there")
  func fused() {
    let plain = Float.plainMachine
    let fused = FusedOrthogonalizer<Float>(
      supports: { how, stack in how.precision == .bfloat16 && stack.rows == 3 }, workspaceSize: { _, _ in 64 },
      run: { how, stack, _, output, scale, _, _ in
        for place in 0..<stack.count * stack.matrixStride { output[place] = Float(scale) + Float(how.steps) }
      }, choice: { _, _ in "of the test" })
    let machine = MatrixMachine(
      product: plain.product, symmetricProduct: plain.symmetricProduct, decompositions: plain.decompositions,
      fused: fused)
    let values = MatrixSample.gaussian(3, 4).values.map { Float($0) }
    let stack = MatrixStack(rows: 3, columns: 4)
    let told = Orthogonalizer(steps: 7, precision: .bfloat16)
    #expect(orthogonalized(values, stack, told, scale: 2, on: machine) == [Float](repeating: 9, count: 12))
    #expect(told.iteration?.choice(for: stack, on: machine) == "of the test")
    #expect(told.iteration?.choice(for: stack, on: plain) == "plain, bf16, products one by one")
    for other in [Orthogonalizer(), Orthogonalizer(.svd)] {
      let found = orthogonalized(values, stack, other, on: machine)
      #expect(difference(found, orthogonalized(values, stack, other)) == nil)
    }
  }
}
