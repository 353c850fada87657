import DownhillBase
import DownhillLandscapes
import Testing

@Suite("Matrix problems")
struct MatrixProblemTests {
  /// Both sides sum some hundred products in Double, in other orders; bases differ by some roundings times the condition.
  @Test("agree with NumPy's, which makes them anew", arguments: try MatrixProblemFixture.shared.get().cases)
  func reference(_ expected: MatrixProblemFixture.Case) throws {
    var problem = try matrixLoss(expected.problem, seed: expected.seed)
    try #require(problem.count == expected.weights.count)
    let (loss, gradient) = problem.gradient(at: expected.weights)
    #expect((loss - expected.loss).magnitude <= 1e-12 * (1 + expected.loss))
    for (a, b) in zip(gradient, expected.gradient) {
      #expect((a - b).magnitude <= 1e-12 * (1 + expected.loss))
    }
    #expect((problem.minimum == nil) == (expected.minimum == nil))
    if let minimum = expected.minimum {
      #expect(((problem.minimum ?? .nan) - minimum).magnitude <= 1e-12 * (1 + minimum))
    }
    for (name, value) in [
      ("distance", expected.distance), ("recall", expected.recall), ("tailRecall", expected.tailRecall),
    ] {
      guard let value else { continue }
      #expect(((problem.measure(name, at: expected.weights) ?? .nan) - value).magnitude <= 1e-11, "\(name)")
    }
  }

  static let sizes = [
    "matrix-least-squares:rows=1,columns=1,condition=3", "matrix-least-squares:rows=17,columns=3,noise=1",
    "matrix-least-squares:rows=2,columns=9,condition=1e3,right-condition=1",
    "matrix-factorization:rows=17,columns=5,rank=3", "matrix-factorization:rows=3,columns=16,rank=3,condition=1e4",
    "matrix-factorization:rows=1,columns=1,rank=1", "associative-memory:rows=5,columns=17,items=9",
    "associative-memory:rows=1,columns=1,items=2", "associative-memory:rows=16,columns=3,items=33,exponent=2",
  ]

  /// Five points: exact for polynomials of the fourth degree. The softmax's fifth derivative along one weight is of the
  /// size of the fifth power of a key's number times a value's, each below 3; h⁴/30 of it is below 1e-8.
  @Test("have the gradient that differences of the loss have", arguments: sizes)
  func differences(_ text: String) throws {
    var problem = try matrixLoss(text, seed: 4)
    let weights = normalNumbers(problem.count, seed: 5, scale: 0.5)
    let (loss, gradient) = problem.gradient(at: weights)
    let h = 0x1p-9
    for index in stride(from: 0, to: weights.count, by: max(1, weights.count / 12)) {
      func shifted(_ steps: Double) -> Double {
        var weights = weights
        weights[index] += steps * h
        return problem.gradient(at: weights).loss
      }
      let expected = (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * h)
      #expect((gradient[index] - expected).magnitude <= 24 * .ulpOfOne / h * (loss + largest(gradient)) + 1e-8)
    }
  }

  @Test("in Float are those in Double to its precision", arguments: sizes)
  func float(_ text: String) throws {
    let (entry, values) = try matrixProblem(text)
    var narrow = try entry.float(values, 4)
    var wide = try entry.double(values, 4)
    let weights = normalNumbers(wide.count, seed: 5, scale: 0.5).map { Float($0) }
    let (loss, gradient) = narrow.gradient(at: weights)
    let (exact, exactGradient) = wide.gradient(at: weights.map { Double($0) })
    // Some dozen roundings of 6·10⁻⁸, of terms no larger than the loss's own.
    #expect((loss - exact).magnitude <= 1e-5 * (1 + exact))
    for (a, b) in zip(gradient, exactGradient) { #expect((Double(a) - b).magnitude <= 1e-5 * (1 + exact)) }
    #expect(narrow.start == wide.start.map { Float($0) })
  }

  @Test("are decided by the seed alone", arguments: MatrixProblemCatalogue.standard.map { $0.name.description })
  func seeds(_ name: String) throws {
    func values(_ seed: UInt64) throws -> [Double] {
      var problem = try matrixLoss(name, seed: seed)
      let (loss, gradient) = problem.gradient(at: normalNumbers(problem.count, seed: 1))
      return [loss] + gradient
    }
    let first = try values(0)
    #expect(try values(0) == first)
    #expect(try values(1) != first)
  }

  @Test("are listed with equation and knobs in range, and refuse values that are not")
  func catalogue() throws {
    let entries = MatrixProblemCatalogue.standard
    #expect(
      entries.map { $0.name.description } == ["matrix-least-squares", "matrix-factorization", "associative-memory"])
    for entry in entries {
      #expect(entry.summary.description.hasSuffix(".") && entry.equation.description.hasPrefix("L("))
      let defaults = entry.knobs.map { $0.initial }
      for (place, knob) in entry.knobs.enumerated() {
        #expect(knob.range.contains(knob.initial) && knob.help.description.hasSuffix("."))
        for wrong in [-1, .nan, .infinity, 1e300] {
          var values = defaults
          values[place] = wrong
          #expect(throws: KnobError.self, "\(knob.name)=\(wrong)") { _ = try entry.double(values, 0) }
        }
      }
      #expect(throws: KnobError.self) { _ = try entry.float([], 0) }
    }
    let conflict = try matrixProblem("matrix-factorization:rows=4,columns=8,rank=5")
    #expect(throws: KnobError.self) { _ = try conflict.entry.double(conflict.values, 0) }
    #expect(conflict.entry.conflict(conflict.values) != nil)
  }
}

/// What theory says of losses and minima.
@Suite("Theory of matrix problems")
struct MatrixTheoryTests {
  /// The weights after plain descent.
  private func descend(
    _ problem: inout MatrixLoss<Double>, rate: Double, steps: Int
  ) -> (weights: [Double], loss: Double) {
    var weights = problem.start
    for _ in 0..<steps {
      let gradient = problem.gradient(at: weights).gradient
      for index in weights.indices { weights[index] -= rate * gradient[index] }
    }
    return (weights, problem.gradient(at: weights).loss)
  }

  @Test(
    "descent on least squares ends at the solution and the least loss, with noise and without", arguments: [0.0, 1])
  func leastSquares(noise: Double) throws {
    var problem = try matrixLoss("matrix-least-squares:rows=5,columns=3,condition=2,noise=\(noise)", seed: 3)
    // Curvatures lie between 2/16 and 2: each step at rate ½ leaves at most 15/16 of the distance.
    let (weights, loss) = descend(&problem, rate: 0.5, steps: 700)
    let minimum = try #require(problem.minimum)
    #expect((loss - minimum).magnitude <= 1e-13 * (1 + minimum))
    #expect((problem.measure("distance", at: weights) ?? 1) < 1e-13)
    #expect(noise == 0 ? minimum == 0 : minimum > 1)
  }

  /// A sum of 3mn squares of normal numbers: mean 3mn, deviation √(6mn).
  @Test("the least loss of least squares is the noise that no W explains")
  func explainedNoise() throws {
    let problem = try matrixLoss("matrix-least-squares:rows=20,columns=10,noise=0.1", seed: 8)
    let mean = 3.0 * 200 * 0.01
    #expect(abs((problem.minimum ?? 0) - mean) < 4 * (6.0 * 200).squareRoot() * 0.01)
  }

  @Test("curvatures of least squares lie between 2/κ(A)²κ(B)² and 2, and reach both")
  func curvatures() throws {
    var problem = try matrixLoss("matrix-least-squares:rows=4,columns=3,condition=5,right-condition=2", seed: 1)
    let zero = [Double](repeating: 0, count: 12)
    let origin = problem.gradient(at: zero).gradient
    var hessian = [Double](repeating: 0, count: 144)
    for column in 0..<12 {
      var unit = zero
      unit[column] = 1
      let gradient = problem.gradient(at: unit).gradient
      for row in 0..<12 { hessian[row * 12 + column] = gradient[row] - origin[row] }
    }
    var sigma = zero
    var (u, v) = (hessian, hessian)
    let jacobi = JacobiDecomposition()
    var scratch = [Double](repeating: 0, count: jacobi.scratchCount(rows: 12, columns: 12))
    jacobi.decompose(hessian, rows: 12, columns: 12, u: &u, sigma: &sigma, v: &v, scratch: &scratch)
    #expect(abs(sigma[0] - 2) < 1e-13 && abs(sigma[11] - 2.0 / 100) < 1e-13)
    #expect(problem.curvature == 2)
  }

  /// Eckart and Young.
  @Test("descent on a factorization of too low a rank ends at the squares of the singular values left out")
  func truncation() throws {
    var problem = try matrixLoss(
      "matrix-factorization:rows=6,columns=5,rank=2,true-rank=4,condition=8,start-scale=0.3", seed: 2)
    // 1, ½, ¼, ⅛.
    #expect(abs((problem.minimum ?? 0) - (1.0 / 16 + 1.0 / 64)) < 1e-15)
    let loss = descend(&problem, rate: 0.1, steps: 2000).loss
    #expect(abs(loss - 5.0 / 64) < 1e-12)
  }

  @Test("a memory of nothing guesses: its loss is the logarithm of the number of facts", arguments: [0, 1, 2.5])
  func guessing(exponent: Double) throws {
    var problem = try matrixLoss("associative-memory:rows=4,columns=4,items=37,exponent=\(exponent)")
    #expect(problem.start.allSatisfy { $0 == 0 })
    #expect(abs(problem.gradient(at: problem.start).loss - 3.6109179126442243) < 1e-14)
  }

  @Test("a memory of few facts recalls all of them, and its loss goes to 0")
  func recall() throws {
    var problem = try matrixLoss("associative-memory:rows=16,columns=16,items=10,exponent=0.5", seed: 6)
    let (weights, loss) = descend(&problem, rate: 20, steps: 1500)
    #expect(loss < 0.01)
    #expect(problem.measure("recall", at: weights) == 1 && problem.measure("tailRecall", at: weights) == 1)
    let lost = [Double](repeating: .nan, count: weights.count)
    #expect(problem.measure("recall", at: lost) == 0)
  }

  @Test("scores of any size neither overflow nor lose the loss of a fact that is sure")
  func extremeScores() throws {
    var problem = try matrixLoss("associative-memory:rows=4,columns=4,items=3,exponent=1", seed: 1)
    let (loss, gradient) = problem.gradient(at: normalNumbers(16, seed: 2, scale: 1e200))
    #expect(loss.isFinite && loss >= 0 && gradient.allSatisfy(\.isFinite))
  }
}
