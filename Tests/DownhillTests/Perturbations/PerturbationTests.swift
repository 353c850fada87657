import Downhill
import DownhillBase
import DownhillLandscapes
import DownhillMatrix
import DownhillThreads
import TestSupport
import Testing

@Suite("SAM and ASAM")
struct PerturbationTests {
  /// NumPy in float64; its norms sum in another order.
  @Test("follow the papers' equations in NumPy", arguments: SecondOrderFixture.cases("sam", "asam"))
  func reference(_ expected: SecondOrderFixture.Case) throws {
    let surface = try landscape(expected.problem)
    var optimizer = try Optimizer<Double>(expected.spec, for: 2)
    #expect(optimizer.perturbs)
    var (weights, gradient) = (expected.start, [0.0, 0])
    for (step, reference) in expected.path.enumerated() {
      surface.double.gradient(weights, &gradient)
      optimizer.perturb(&weights, along: gradient)
      surface.double.gradient(weights, &gradient)
      optimizer.update(&weights, along: gradient)
      #expect(distance(weights, reference) <= 1e-9, "step \(step + 1): \(weights), not \(reference)")
    }
  }

  @Test("there are cases for both, for every p and rule")
  func count() {
    #expect(SecondOrderFixture.cases("sam").count == 21 && SecondOrderFixture.cases("asam").count == 21)
  }

  @Test("e has the length ρ in its norm", arguments: ["2", "1", "inf"])
  func length(p: String) throws {
    let weights: [Double] = SampleData.weights(9001)
    let gradient: [Double] = SampleData.gradient(9001, step: 0)
    for eta in [nil, 0.1] {
      let name = eta.map { "asam:eta=\($0),rho=0.3,p=\(p)" } ?? "sam:rho=0.3,p=\(p)"
      var optimizer = try Optimizer<Double>("\(name)/sgd", for: weights.count)
      var moved = weights
      optimizer.perturb(&moved, along: gradient)
      let scaled = weights.indices.map { place in
        (moved[place] - weights[place]) / (eta.map { weights[place].magnitude + $0 } ?? 1)
      }
      let found =
        switch p {
        case "2": scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case "1": scaled.reduce(0) { $0 + $1.magnitude }
        default: scaled.reduce(0) { max($0, $1.magnitude) }
        }
      #expect((found - 0.3).magnitude < 1e-12, "\(name)")
      // Uphill.
      #expect(zip(scaled, gradient).allSatisfy { $0 * $1 >= 0 })
    }
  }

  @Test("places that are equally steep share a step of p = 1")
  func ties() throws {
    var optimizer = try Optimizer<Double>("sam:rho=0.3,p=1/sgd", for: 4)
    var weights = [0.0, 0, 0, 0]
    optimizer.perturb(&weights, along: [2, -2, 1, 2])
    #expect(distance(weights, [0.1, -0.1, 0, 0.1]) < 1e-16)
    // Far apart, where different workers find them.
    var (many, gradient) = ([Double](repeating: 0, count: 13_000), [Double](repeating: 0, count: 13_000))
    for place in [5, 6000, 12_999] { gradient[place] = -7 }
    var other = try Optimizer<Double>("sam:rho=0.3,p=1/sgd", for: many.count)
    other.perturb(&many, along: gradient)
    #expect([5, 6000, 12_999].allSatisfy { (many[$0] + 0.1).magnitude < 1e-16 } && many.count { $0 != 0 } == 3)
  }

  @Test("without a gradient nothing is perturbed", arguments: ["sam", "asam", "sam:p=1", "asam:p=1", "sam:p=inf"])
  func zero(name: String) throws {
    var optimizer = try Optimizer<Float>("\(name)/sgd", for: 3)
    var weights: [Float] = [1, -2, 0]
    optimizer.perturb(&weights, along: [0, 0, 0])
    #expect(weights == [1, -2, 0] && optimizer.isPerturbed)
  }

  @Test("a tiny gradient is perturbed along as any other")
  func tiny() throws {
    var optimizer = try Optimizer<Float>("sam:rho=0.5/sgd", for: 2)
    var weights: [Float] = [0, 0]
    optimizer.perturb(&weights, along: [0x1p-140, 0])
    #expect((weights[0] - 0.5).magnitude < 1e-3 && weights[1] == 0)
  }

  @Test("an update puts the weights back to the bit, and is then the rule's own")
  func restoring() throws {
    let start: [Float] = SampleData.weights(5000)
    let (first, second): ([Float], [Float]) = (SampleData.gradient(5000, step: 0), SampleData.gradient(5000, step: 1))
    var aware = try Optimizer<Float>("sam:rho=3/clip:norm=1/adamw:lr=0.01", for: 5000)
    var plain = try Optimizer<Float>("clip:norm=1/adamw:lr=0.01", for: 5000)
    var (weights, expected) = (start, start)
    aware.perturb(&weights, along: first)
    #expect(weights != start)
    aware.update(&weights, along: second)
    plain.update(&expected, along: second)
    #expect(weights == expected && aware.state == plain.state && !aware.isPerturbed)
  }

  @Test("a perturbation without an update, an update without a perturbation, and two perturbations")
  func outOfOrder() throws {
    let start = [1.0, 2.0]
    var optimizer = try Optimizer<Double>("sam:rho=0.1/sgd:lr=1", for: 2)
    var weights = start
    optimizer.update(&weights, along: [0.5, 0])
    #expect(weights == [0.5, 2])
    weights = start
    optimizer.perturb(&weights, along: [1, 0])
    optimizer.perturb(&weights, along: [0, 1])
    #expect(weights == [1, 2.1])
    weights.withUnsafeMutableBufferPointer { pointer in
      guard let base = pointer.baseAddress else { return }
      withUnsafePointer(to: TensorPointers(weights: base, gradient: UnsafePointer(base))) {
        optimizer.unperturb(UnsafeBufferPointer(start: $0, count: 1))
      }
    }
    #expect(weights == start && !optimizer.isPerturbed)
    var plain = try Optimizer<Double>("sgd:lr=1", for: 2)
    plain.perturb(&weights, along: [1, 1])
    #expect(weights == start && !plain.perturbs)
  }

  @Test("a copy remembers its own weights")
  func copies() throws {
    var optimizer = try Optimizer<Double>("sam:rho=0.1/sgd:lr=1", for: 2)
    var weights = [1.0, 2.0]
    optimizer.perturb(&weights, along: [1, 0])
    var (copy, others) = (optimizer, [5.0, 5])
    copy.perturb(&others, along: [0, 1])
    copy.update(&others, along: [0, 0])
    optimizer.update(&weights, along: [0, 0])
    #expect(weights == [1, 2] && others == [1, 2])
    // It had remembered what the original was perturbed from.
    #expect(!copy.isPerturbed)
  }

  @Test("the norm is taken over all tensors, on any number of threads to the same bits", arguments: ["2", "1", "inf"])
  func threads(p: String) throws {
    let shapes: [Shape] = [[9000], [1], [4097], []]
    let count = shapes.reduce(0) { $0 + $1.count }
    func moved(_ loop: some ParallelLoop) throws -> [Float] {
      let parameters = shapes.enumerated().map { Parameter("tensor\($0.offset)", $0.element) }
      var optimizer = Optimizer<Float>(
        try Catalogue.full.parse("asam:p=\(p)/sgd"), for: parameters, on: loop)
      var weights: [Float] = SampleData.weights(count)
      let gradient: [Float] = SampleData.gradient(count, step: 0)
      step(&weights, gradient, shapes) { optimizer.perturb($0) }
      return weights
    }
    let serial = try moved(.serial)
    #expect(try moved(DispatchLoop(workerCount: 5)) == serial)
    var whole = try Optimizer<Float>("asam:p=\(p)/sgd", for: count)
    var weights: [Float] = SampleData.weights(count)
    whole.perturb(&weights, along: SampleData.gradient(count, step: 0))
    // Other pieces, another order of the sum.
    #expect(zip(weights, serial).allSatisfy { ($0 - $1).magnitude <= 1e-6 * (1 + $0.magnitude) })
  }

  @Test("no step allocates", arguments: ["sam:rho=linear(0.1,total=9)", "asam:p=1", "sam:p=inf"])
  func allocations(name: String) throws {
    let shapes: [Shape] = [[5000], [3]]
    let parameters = shapes.enumerated().map { Parameter("tensor\($0.offset)", $0.element) }
    var optimizer = Optimizer<Float>(try Catalogue.full.parse("\(name)/clip:norm=1/adamw"), for: parameters)
    var weights: [Float] = SampleData.weights(5003)
    let gradient: [Float] = SampleData.gradient(5003, step: 0)
    var found: Int?
    step(&weights, gradient, shapes) { tensors in
      func both() {
        optimizer.perturb(tensors)
        optimizer.update(tensors)
      }
      both()
      found = AllocationCounter.count { both() }
    }
    #expect(try #require(found) == 0)
  }

  @Test("specs name them first, and print as they are typed")
  func specs() throws {
    let spec = try Catalogue.full.parse("sam:rho=0.1,p=inf/clip:norm=1/adamw:lr=0.01")
    #expect(spec.description == "sam:rho=0.1,p=inf/clip:norm=1/adamw:lr=0.01")
    #expect(try Catalogue.full.parse("asam/sgd").description == "asam/sgd")
    #expect(throws: SpecError.self) { try Catalogue.full.parse("clip:norm=1/sam/adamw") }
    #expect(throws: SpecError.self) { try Catalogue.full.parse("sam/asam/adamw") }
    #expect(throws: SpecError.self) { try Catalogue.full.parse("sam") }
    #expect(throws: SpecError.self) { try Catalogue.full.parse("sam/newton") }
  }

  /// Lends tensors that lie one behind the other.
  private func step(
    _ weights: inout [Float], _ gradient: [Float], _ shapes: [Shape],
    _ body: (UnsafeBufferPointer<TensorPointers<Float>>) -> Void
  ) {
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeBufferPointer { gradient in
        guard let w = weights.baseAddress, let g = gradient.baseAddress else { return }
        var offset = 0
        let tensors = shapes.map { shape in
          defer { offset += shape.count }
          return TensorPointers(weights: w + offset, gradient: g + offset)
        }
        tensors.withUnsafeBufferPointer { body($0) }
      }
    }
  }
}
