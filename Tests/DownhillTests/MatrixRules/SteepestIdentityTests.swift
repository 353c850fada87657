import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Rules that are steepest descent under a norm, step by step.
@Suite("Identities of steepest descent")
struct SteepestIdentityTests {
  private static let shapes: [Shape] = [[5, 3], [3, 7], [6, 6], [9], [4, 3, 2, 2]]

  @Test(
    "another rule is steepest descent",
    arguments: [
      ("sgd:lr=0.1", "steepest:norm=frobenius,lr=0.1", 1e-14),
      ("sgdw:lr=0.1,weight-decay=0.3,momentum=0", "steepest:norm=frobenius,lr=0.1,weight-decay=0.3", 1e-14),
      ("sign-sgd:lr=0.1,momentum=0", "steepest:norm=max,dual=false,lr=0.1", 0),
      ("sign-sgd:lr=0.1,momentum=0.9", "steepest:norm=max,dual=false,lr=0.1,momentum=0.9", 0),
      (
        "muon:lr=0.1,scale=none,weight-decay=0.3,orthogonalizer=svd",
        "steepest:lr=0.1,dual=false,momentum=0.95,nesterov=true,weight-decay=0.3", 0
      ),
      (
        "muon:lr=0.1,scale=none,weight-decay=0",
        "steepest:lr=0.1,dual=false,momentum=0.95,nesterov=true,orthogonalizer=quintic", 0
      ),
      (
        "muon:lr=0.1,scale=spectral-unclamped,weight-decay=0,orthogonalizer=svd,nesterov=false,momentum=0.8",
        "steepest:norm=rms-to-rms,lr=0.1,dual=false,momentum=0.8", 1e-14
      ),
    ])
  func identity(_ rule: String, _ steepest: String, _ tolerance: Double) throws {
    for shape in Self.shapes {
      let gradients = SampleData.gradients(shape.count, as: Double.self)
      var first = Walk<Double>(try Catalogue.full.parse(rule), [shape])
      var second = Walk<Double>(try Catalogue.full.parse(steepest), [shape])
      for gradient in gradients {
        first.step(along: gradient)
        second.step(along: gradient)
        let error = zip(first.weights, second.weights).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
        #expect(error <= tolerance * 10, "\(shape)")
      }
    }
  }

  /// Scion's steps without its constraint, by their formulas.
  @Test("Scion's columns and rows", arguments: [true, false])
  func scion(_ columns: Bool) throws {
    let gradient = SmallMatrix(5, 3, randomWith: 1)
    let norm = columns ? "one-to-rms" : "rms-to-inf"
    var walk = Walk<Double>(
      try Catalogue.full.parse("steepest:lr=1,dual=false,norm=\(norm)"), [[5, 3]],
      from: [Double](repeating: 0, count: 15))
    walk.step(along: gradient.values)
    for row in 0..<5 {
      for column in 0..<3 {
        let expected =
          columns
          ? 5.0.squareRoot() * gradient[row, column] / length(gradient.column(column))
          : gradient[row, column] / (3.0.squareRoot() * length(gradient.row(row)))
        #expect((walk.weights[row * 3 + column] + expected).magnitude < 1e-14)
      }
    }
  }
}
