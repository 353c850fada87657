import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// Large et al. 2024, arXiv:2405.14813, section 3: masses add, sensitivities multiply, and a network's norm bounds how far
/// its output moves.
@Suite("Modular norm")
struct ModularNormTests {
  private func named(_ name: String) -> ParameterSelector { ParameterSelector(names: [name]) }

  @Test("masses add and sensitivities multiply; what stands before is felt through what follows")
  func composition() {
    let first = ModularNorm.atom(named("a"), .rmsToRMS, mass: 1)
    let second = ModularNorm.atom(named("b"), .rmsToRMS, mass: 3, sensitivity: 2)
    let both = first.then(.bond(sensitivity: 0.5)).then(second)
    #expect(both.mass == 4)
    #expect(both.sensitivity == 1)
    // a: (1/1)·½ through the bond, then (4/1)·2 through b; b: 4/3.
    #expect(both.weights.map { $0.factor } == [4, 4.0 / 3])
    let beside = first.beside(second)
    #expect(beside.mass == 4 && beside.sensitivity == 3)
    #expect(beside.weights.map { $0.factor } == [4, 4.0 / 3])
    // Associative: how a chain is put in brackets does not matter.
    let third = ModularNorm.atom(named("c"), .max, mass: 2, sensitivity: 3)
    let left = first.then(second).then(third).weights.map { $0.factor }
    let right = first.then(second.then(third)).weights.map { $0.factor }
    #expect(zip(left, right).allSatisfy { ($0 - $1).magnitude < 1e-14 })
    // 8 and 4/3 within the two, then (3/1)·3 through the third; the third 3/2.
    #expect(first.then(second).tared(to: 1).then(third).weights.map { $0.factor } == [72, 12, 1.5])
  }

  /// Two linear maps and a ReLU: with inputs of root mean square 1 and weights of norm 1 the output moves by at most η, to
  /// first order, whatever the gradients.
  @Test("a step of size η moves the output by at most η", arguments: 0..<8)
  func wellNormed(_ trial: Int) throws {
    let (widths, rate) = ([7, 5, 4], 1e-4)
    let norm = ModularNorm.atom(named("first"), .rmsToRMS, mass: Double(1 + trial % 3))
      .then(.bond()).then(.atom(named("second"), .rmsToRMS, mass: 2))
    let plan = try norm.plan(Steepest(.spectral, learningRate: rate), rest: nil)
    let parameters = [Parameter("first", [widths[1], widths[0]]), Parameter("second", [widths[2], widths[1]])]
    var weights: [String: [Double]] = [:]
    var gradient: [String: [Double]] = [:]
    for (place, parameter) in parameters.enumerated() {
      let w = SmallMatrix(parameter.shape.rows, parameter.shape.columns, randomWith: UInt64(50 * trial + place))
      weights[parameter.name] = w.scaled(by: 1 / MatrixNorm.rmsToRMS.value(w)).values
      gradient[parameter.name] =
        SmallMatrix(
          parameter.shape.rows, parameter.shape.columns, randomWith: UInt64(900 + 50 * trial + place)
        ).values
    }
    let input = SmallMatrix(widths[0], 1, randomWith: UInt64(400 + trial))
    let x = input.scaled(by: Double(widths[0]).squareRoot() / length(input.values))
    func output() -> SmallMatrix {
      let first = SmallMatrix(widths[1], widths[0], weights["first"] ?? [])
      let second = SmallMatrix(widths[2], widths[1], weights["second"] ?? [])
      var hidden = first.times(x)
      hidden.values = hidden.values.map { max($0, 0) }
      return second.times(hidden)
    }
    let (before, start) = (output(), weights)
    var optimizer = GroupedOptimizer<Double>(plan, for: parameters)
    optimizer.update(&weights, along: gradient)
    let moved = zip(output().values, before.values).map { $0 - $1 }
    let rms = length(moved) / Double(widths[2]).squareRoot()
    #expect(rms <= rate * (1 + 1e-3) && rms > 0)
    // The norm of the whole step is η: the largest cₖ‖ΔWₖ‖, and each of them.
    for (weight, parameter) in zip(norm.weights, parameters) {
      let change = zip(weights[parameter.name] ?? [], start[parameter.name] ?? []).map { $0 - $1 }
      let size = MatrixNorm.rmsToRMS.value(SmallMatrix(parameter.shape.rows, parameter.shape.columns, change))
      #expect((weight.factor * size - rate).magnitude < 1e-9 * rate)
    }
  }

  @Test("a network by roles: norms, orientation and rates of every group")
  func roles() throws {
    let norm = ModularNorm.byRole([(.hidden, 4), (.scalar, 0)])
    #expect(norm.mass == 9)
    let plan = try norm.plan(
      Steepest(.spectral, learningRate: 0.09, momentum: 0.9), rest: try Catalogue.full.parse("adamw"))
    let specs = plan.groups.map { $0.description }
    #expect(specs.count == 8)
    func find(_ role: String) -> String { specs.first { $0.hasPrefix("role=\(role):") } ?? "" }
    #expect(find("hidden").contains("norm=rms-to-rms"))
    #expect(find("embedding").contains("norm=one-to-rms") && find("embedding").contains("transposed=true"))
    let shares = plan.groups.map { $0.rateMultiplier * 9 }
    #expect(zip(shares, [4, 1, 1, 1, 1, 1, 9, 9]).allSatisfy { ($0 - $1).magnitude < 1e-14 }, "\(shares)")
    #expect(find("head").contains("norm=rms-to-inf"))
    #expect(find("gain").contains("norm=max"))
    #expect(find("bias").contains("norm=rms-to-rms"))
    #expect(find("scalar").contains("frozen"))
    #expect(specs.allSatisfy { !$0.contains("steepest") || ($0.contains("dual=false") && $0.contains("momentum=0.9")) })
    // As Guides/steepest.md prints them.
    let shown = try ModularNorm.byRole([(.hidden, 3), (.scalar, 0)]).plan(
      Steepest(.spectral, learningRate: 0.16, momentum: 0.9), rest: nil)
    #expect(
      shown.groups.prefix(3).map { $0.description } == [
        "role=hidden: steepest:lr=0.06,norm=rms-to-rms,dual=false,momentum=0.9",
        "role=embedding: steepest:lr=0.02,norm=one-to-rms,dual=false,momentum=0.9,transposed=true",
        "role=head: steepest:lr=0.02,norm=rms-to-inf,dual=false,momentum=0.9",
      ])
    // An embedding's row of one token moves by η·m/M in root mean square, another's not at all.
    let parameters = [Parameter("wte", [6, 4], role: .embedding)]
    var optimizer = GroupedOptimizer<Double>(plan, for: parameters)
    var weights = ["wte": [Double](repeating: 0, count: 24)]
    var gradient = [Double](repeating: 0, count: 24)
    for place in 8..<12 { gradient[place] = Double(place) - 9.5 }
    optimizer.update(&weights, along: ["wte": gradient])
    let moved = weights["wte"] ?? []
    #expect((length(Array(moved[8..<12])) / 2 - 0.01).magnitude < 1e-12)
    #expect(moved[..<8].allSatisfy { $0 == 0 } && moved[12...].allSatisfy { $0 == 0 })
  }
}
