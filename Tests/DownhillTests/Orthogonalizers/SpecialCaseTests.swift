import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Matrices whose orthogonal factor is known without computing.
@Suite("Orthogonalisers: special cases")
struct SpecialCaseTests {
  static let methods = SingularValueTests.methods

  /// p(1), or p of a share; the rescaled X has norm 1 in a vector.
  private func near(_ a: [Double], _ b: [Double], _ how: Orthogonalizer, _ label: String) {
    let error = greatestDifference(a, b)
    #expect(error <= how.allowance(unit: 0x1p-52), "\(label): \(error)")
  }

  @Test("a scalar gives its sign, times p(1)", arguments: methods)
  func scalar(_ how: Orthogonalizer) {
    let size = how.map(1)
    for value in [3.5, -0.25, 1e-30, -1e30] {
      near(orthogonalized([value], MatrixStack(rows: 1, columns: 1), how), [value < 0 ? -size : size], how, "\(value)")
    }
  }

  @Test("a vector gives its direction, times p(1)", arguments: methods)
  func vector(_ how: Orthogonalizer) {
    let values = MatrixSample.gaussian(1, 7).values
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let wanted = values.map { how.map(1) * $0 / norm }
    near(orthogonalized(values, MatrixStack(rows: 1, columns: 7), how), wanted, how, "row")
    near(orthogonalized(values, MatrixStack(rows: 7, columns: 1), how), wanted, how, "column")
  }

  @Test("a diagonal gives its signs, times p of its shares", arguments: methods)
  func diagonal(_ how: Orthogonalizer) {
    let entries = [2.0, -1, 0.5, -0.125]
    var values = [Double](repeating: 0, count: 4 * 6)
    for (place, entry) in entries.enumerated() { values[place * 6 + place] = entry }
    let norm = entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var wanted = values
    for (place, entry) in entries.enumerated() {
      // Rows that are rescaled are of length 1, whatever they were.
      let share = how.iteration?.scaling == .aol ? 1 : entry.magnitude / norm
      wanted[place * 6 + place] = (entry < 0 ? -1 : 1) * how.map(share)
    }
    near(orthogonalized(values, MatrixStack(rows: 4, columns: 6), how), wanted, how, "diagonal")
  }

  @Test("an orthogonal matrix gives itself, times p(1/√n)", arguments: methods)
  func orthogonal(_ how: Orthogonalizer) {
    // A reflection has simple numbers: I − 2vvᵀ/vᵀv, whose rows stay of length 1 if they are rescaled by equal norms.
    let v = [1.0, 1, 1, 1]
    let values = (0..<16).map { (place: Int) -> Double in
      let one: Double = place / 4 == place % 4 ? 1 : 0
      return one - v[place / 4] * v[place % 4] / 2
    }
    let share = how.iteration?.scaling == .aol ? 1 : 0.5
    near(
      orthogonalized(values, MatrixStack(rows: 4, columns: 4), how), values.map { how.map(share) * $0 }, how,
      "reflection")
  }

  @Test("zero gives zero, also into memory that held something", arguments: methods)
  func zero(_ how: Orthogonalizer) {
    let zero = [Float](repeating: 0, count: 12)
    var result = [Float](repeating: .nan, count: 12)
    let stack = MatrixStack(rows: 3, columns: 4)
    let workspace = AlignedMemory<UInt64>(
      count: how.workspaceSize(for: stack, on: Float.plainMachine) / 8 + 8, repeating: ~0)
    how.orthogonalize(
      stack, from: zero, into: &result, workspace: UnsafeMutableRawPointer(workspace.start),
      on: Float.plainMachine, LoopBody(.serial))
    #expect(result == zero)
  }

  @Test("what is not a number is not hidden", arguments: methods)
  func notANumber(_ how: Orthogonalizer) {
    for bad in [Double.nan, .infinity] {
      var values = MatrixSample.gaussian(3, 5).values
      values[7] = bad
      let found = orthogonalized(values, MatrixStack(rows: 3, columns: 5), how)
      #expect(found.contains { $0.isNaN }, "\(bad)")
    }
    let lost = orthogonalized([Double](repeating: .nan, count: 4), MatrixStack(rows: 2, columns: 2), how)
    #expect(lost.allSatisfy { $0.isNaN })
  }

  /// Where EO's set of this name, with a plain norm, turns the first direction around.
  @Test("a matrix of nearly one direction keeps its sign", arguments: methods)
  func nearlyOneDirection(_ how: Orthogonalizer) {
    let sample = MatrixSample.ofRank(1, 6, 4)
    let bumped = zip(sample.values, MatrixSample.gaussian(6, 4).values).map { $0 + 1e-3 * $1 }
    let found = orthogonalized(bumped, MatrixStack(rows: 6, columns: 4), how)
    let product = zip(found, bumped).reduce(0) { $0 + $1.0 * $1.1 }
    let norm = bumped.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(product > 0.6 * norm)
  }

  @Test("the least norm is a floor, and below it the result shrinks")
  func leastNorm() {
    let sample = MatrixSample.gaussian(4, 5)
    let norm = sample.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let how = Orthogonalizer(leastNorm: 10 * norm)
    let wanted = sample.mapped { CoefficientTable.quintic.map($0 / 10, steps: 5) }
    #expect(greatestDifference(sample.orthogonalized(how, in: Double.self), wanted) < 1e-12)
    let free = Orthogonalizer(leastNorm: norm / 10)
    #expect(sample.orthogonalized(free, in: Double.self) == sample.orthogonalized(Orthogonalizer(), in: Double.self))
  }
}
