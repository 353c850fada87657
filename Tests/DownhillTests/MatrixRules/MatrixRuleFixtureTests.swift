import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// The matrix rules against their NumPy references, over twenty steps and from given starting states.
@Suite("Matrix rules against their references")
struct MatrixRuleFixtureTests {
  static let names: [String] = {
    let cases = (try? MatrixRuleFixture.shared.get().cases) ?? []
    return Set(cases.map { String($0.spec.prefix { $0 != ":" }) }).sorted()
  }()

  @Test("every rule of the fixture is in the catalogue, and every matrix rule in the fixture")
  func complete() {
    let known = Catalogue.full.rules.filter { $0.about.family.description == "matrix" }.map { $0.name.description }
    #expect(known.sorted() == Self.names)
  }

  @Test("a rule in Double, to 1e-10 of the distance moved, and its state to 1e-12", arguments: names)
  func inDouble(_ name: String) throws { try compare(name, Double.self, allowed: 1e-10, ofState: 1e-12) }

  @Test("a rule in Float, to 1e-4 of the distance moved, and its state to 1e-5", arguments: names)
  func inFloat(_ name: String) throws { try compare(name, Float.self, allowed: 1e-4, ofState: 1e-5) }

  private func compare<Scalar: WeightScalar>(_ name: String, _: Scalar.Type, allowed: Double, ofState: Double) throws {
    let fixture = try MatrixRuleFixture.shared.get()
    let cases = fixture.cases.filter { $0.spec == name || $0.spec.hasPrefix("\(name):") }
    #expect(!cases.isEmpty)
    var (worst, worstState) = (0.0, 0.0)
    for known in cases {
      let problem = try #require(fixture.problems[known.problem])
      var walk = Walk<Scalar>(
        try Catalogue.full.parse(known.spec), [Shape(problem.shape)], from: problem.weights.map { Scalar(nearest: $0) })
      if let start = known.start {
        let tensors = start.parts.map { name, part in
          OptimizerState<Scalar>.Tensor(
            parameter: "tensor0", part: name, shape: Shape(part.shape), values: part.values.map { Scalar(nearest: $0) })
        }
        try walk.restore(OptimizerState(stepCount: start.step, tensors: tensors))
      }
      for (step, gradient) in problem.gradients.enumerated() {
        walk.step(along: gradient.map { Scalar(nearest: $0) })
        guard let expected = known.after["\(step + 1)"] else { continue }
        let error = zip(walk.weights, expected).reduce(0) { max($0, ($1.0.wide - $1.1).magnitude) }
        worst = max(worst, error / max(known.moved, 1e-300))
        #expect(error <= allowed * known.moved, "\(known.name), \(known.spec) after step \(step + 1)")
      }
      for (part, expected) in known.end ?? [:] {
        let found = try #require(walk.optimizer.state["tensor0", part], "\(known.name): no \(part)")
        #expect(found.count == expected.values.count, "\(known.name): \(part)")
        let largest = expected.values.reduce(0) { max($0, $1.magnitude) }
        let error = zip(found, expected.values).reduce(0) { max($0, ($1.0.wide - $1.1).magnitude) }
        worstState = max(worstState, error / max(largest, 1e-300))
        #expect(error <= ofState * largest, "\(known.name): \(part)")
      }
    }
    #expect(cases.contains { $0.end != nil })
    print(
      "\(name) in \(Scalar.self): at worst \(worst) of the distance and \(worstState) of the state, of \(cases.count) cases"
    )
  }
}
