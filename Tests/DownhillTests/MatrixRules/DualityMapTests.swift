import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// What a duality map promises, by the definitions of the norms alone.
@Suite("Steepest descent under a norm")
struct DualityMapTests {
  static let norms = MatrixNorm.allCases
  static let shapes: [(rows: Int, columns: Int)] = [(5, 3), (3, 7), (6, 6), (1, 9), (9, 1), (1, 1)]

  /// The step at rate 1 from nothing, with the sign turned.
  private func step(_ spec: String, _ gradient: SmallMatrix) throws -> SmallMatrix {
    var walk = Walk<Double>(
      try Catalogue.full.parse(spec), [gradient.shape], from: gradient.values.map { _ in 0 })
    walk.step(along: gradient.values)
    return SmallMatrix(gradient.rows, gradient.columns, walk.weights.map { -$0 })
  }

  private func unitStep(_ norm: MatrixNorm, _ gradient: SmallMatrix, _ more: String = "") throws -> SmallMatrix {
    try step("steepest:lr=1,dual=false,norm=\(norm.knobName)\(more)", gradient)
  }

  @Test("a step has norm 1, and ⟨G, d⟩ is the dual norm that a step is scaled by", arguments: norms)
  func unit(_ norm: MatrixNorm) throws {
    for (place, (rows, columns)) in Self.shapes.enumerated() {
      let gradient = SmallMatrix(rows, columns, randomWith: UInt64(place))
      let d = try unitStep(norm, gradient)
      #expect((norm.value(d) - 1).magnitude < 1e-13, "\(rows)×\(columns): \(norm.value(d))")
      let scaled = try step("steepest:lr=1,norm=\(norm.knobName)", gradient)
      let dual = gradient.along(d)
      #expect(dual > 0)
      let error = zip(scaled.values, d.values).reduce(0) { max($0, ($1.0 - dual * $1.1).magnitude) }
      #expect(error < 1e-12 * dual, "\(rows)×\(columns)")
    }
  }

  /// Random directions, those near the step, and matrices of rank 1 and single entries, which the extreme points of many of
  /// the unit balls are.
  @Test("no direction of norm 1 descends faster", arguments: norms)
  func optimal(_ norm: MatrixNorm) throws {
    for (place, (rows, columns)) in Self.shapes.enumerated() {
      let gradient = SmallMatrix(rows, columns, randomWith: UInt64(100 + place))
      let d = try unitStep(norm, gradient)
      let best = gradient.along(d)
      for trial in 0..<120 {
        let noise = SmallMatrix(rows, columns, randomWith: UInt64(1000 * place + trial + 7))
        var other = noise
        switch trial % 4 {
        case 0: break
        case 1:
          other.values = zip(d.values, noise.values).map { $0 + 0.03 * $1 }
        case 2:
          let column = SmallMatrix(rows, 1, noise.column(0))
          other = column.times(SmallMatrix(1, columns, noise.row(0)))
        default:
          other.values = noise.values.indices.map { $0 == trial % noise.values.count ? 1 : 0 }
        }
        let descent = gradient.along(other).magnitude / norm.value(other)
        #expect(descent <= best * (1 + 1e-12), "\(rows)×\(columns), trial \(trial): \(descent) beats \(best)")
      }
    }
  }

  /// Two norms are dual to each other: the dual norm by which a step is scaled is the other's own.
  @Test(
    "dual norms are those of theory",
    arguments: [
      (MatrixNorm.frobenius, MatrixNorm.frobenius), (.spectral, .nuclear), (.nuclear, .spectral), (.max, .sum),
      (.sum, .max),
    ])
  func pairs(_ norm: MatrixNorm, _ dual: MatrixNorm) throws {
    for (place, (rows, columns)) in Self.shapes.enumerated() {
      let gradient = SmallMatrix(rows, columns, randomWith: UInt64(200 + place))
      let found = gradient.along(try unitStep(norm, gradient))
      #expect((found - dual.value(gradient)).magnitude < 1e-12 * found)
    }
  }

  @Test("Schatten's norm is Frobenius' at p = 2 and near the ends spectral and nuclear")
  func schatten() throws {
    let gradient = SmallMatrix(5, 7, randomWith: 3)
    func distance(_ p: String, _ norm: MatrixNorm) throws -> Double {
      let (a, b) = (try unitStep(.schatten, gradient, ",p=\(p)"), try unitStep(norm, gradient))
      return length(zip(a.values, b.values).map { $0 - $1 })
    }
    #expect(try distance("2", .frobenius) < 1e-13)
    #expect(try distance("1000", .spectral) < 0.02)
    #expect(try distance("1.01", .nuclear) < 1e-6)
    #expect(try distance("4", .spectral) > 0.1)
  }

  @Test("a transposed tensor takes the transposed step", arguments: norms)
  func transposition(_ norm: MatrixNorm) throws {
    let gradient = SmallMatrix(4, 7, randomWith: 11)
    let straight = try unitStep(norm, gradient)
    let turned = try unitStep(norm, gradient.transposed, ",transposed=true").transposed
    #expect(length(zip(straight.values, turned.values).map { $0 - $1 }) < 1e-12)
  }

  /// The step is that of the matrix in other bases, where the norm is the same in all of them.
  @Test(
    "spectral maps turn with the basis", arguments: [MatrixNorm.spectral, .nuclear, .schatten, .rmsToRMS, .frobenius])
  func equivariant(_ norm: MatrixNorm) throws {
    let gradient = SmallMatrix(4, 6, randomWith: 21)
    let (left, right) = (try orthogonal(4, 22), try orthogonal(6, 23))
    let turned = try unitStep(norm, left.times(gradient).times(right))
    let expected = left.times(try unitStep(norm, gradient)).times(right)
    #expect(length(zip(turned.values, expected.values).map { $0 - $1 }) < 1e-12)
  }

  private func orthogonal(_ count: Int, _ seed: UInt64) throws -> SmallMatrix {
    try unitStep(.spectral, SmallMatrix(count, count, randomWith: seed))
  }

  @Test("a zero gradient, and one of less than full rank, have steps that are numbers", arguments: norms)
  func degenerate(_ norm: MatrixNorm) throws {
    let zero = SmallMatrix(4, 5, [Double](repeating: 0, count: 20))
    #expect(try unitStep(norm, zero).values.allSatisfy { $0 == 0 })
    let flat = SmallMatrix(4, 1, randomWith: 31).times(SmallMatrix(1, 5, randomWith: 32))
    let d = try unitStep(norm, flat)
    #expect((norm.value(d) - 1).magnitude < 1e-12)
    #expect(d.values.allSatisfy { $0.isFinite })
  }
}
