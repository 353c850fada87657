import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// What the factored rules are in special cases, and what they do not see.
@Suite("Identities of factored rules")
struct FactoredIdentityTests {
  /// The weights after each step.
  private func path(
    _ spec: String, _ shape: Shape, from start: [Double], along gradients: [[Double]]
  ) throws -> [[Double]] {
    var walk = Walk<Double>(try Catalogue.full.parse(spec), [shape], from: start)
    return gradients.map {
      walk.step(along: $0)
      return walk.weights
    }
  }

  private func gradients(_ count: Int, _ steps: Int, seed: UInt64 = 0) -> [[Double]] {
    (0..<steps).map { step in
      let random = CounterRandom(seed: 40 + seed, stream: UInt64(step))
      return (0..<count).map { random.normal(at: UInt64($0)) }
    }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double { length(zip(a, b).map { $0 - $1 }) }

  @Test("SOAP without a basis is Adam, one step later", arguments: [[4, 6], [9], [3, 2, 2, 2]])
  func soapIsAdam(_ dimensions: [Int]) throws {
    let shape = Shape(dimensions)
    let all = gradients(shape.count, 8)
    let start: [Double] = SampleData.weights(shape.count)
    let soap = try path("soap:max-precondition-dim=0,weight-decay=0,eps=0,beta2=0.9", shape, from: start, along: all)
    let adam = try path(
      "adam:lr=0.003,beta1=0.95,beta2=0.9,eps=0", shape, from: start, along: Array(all.dropFirst()))
    #expect(soap[0] == start)
    for (step, weights) in adam.enumerated() { #expect(distance(soap[step + 1], weights) < 1e-14, "\(step)") }
    let turned = try path("soap:weight-decay=0,eps=0,beta2=0.9", shape, from: start, along: all)
    #expect(distance(turned[7], adam[6]) > 1e-4)
  }

  @Test("Shampoo of single numbers is Adagrad", arguments: ["shampoo:beta1=0,eps=0,block-size=1,lr=0.1"])
  func shampooIsAdagrad(_ spec: String) throws {
    let all = gradients(12, 6)
    let start: [Double] = SampleData.weights(12)
    let found = try path(spec, [3, 4], from: start, along: all)
    let expected = try path("adagrad:eps=0,lr=0.1", [12], from: start, along: all)
    for step in all.indices { #expect(distance(found[step], expected[step]) < 1e-13) }
  }

  /// (GGᵀ)^(−1/4)·G·(GᵀG)^(−1/4) = UVᵀ.
  @Test("Shampoo's first step is the orthogonal factor", arguments: [[5, 3], [3, 7], [6, 6], [9]])
  func shampooIsOrthogonal(_ dimensions: [Int]) throws {
    let shape = Shape(dimensions)
    let zero = [Double](repeating: 0, count: shape.count)
    let all = gradients(shape.count, 1)
    let shampoo = try path("shampoo:beta1=0,eps=0,lr=1", shape, from: zero, along: all)[0]
    let exact = try path("steepest:norm=spectral,dual=false,lr=1", shape, from: zero, along: all)[0]
    #expect(distance(shampoo, exact) < 1e-6 * length(exact))
    #expect(distance(shampoo, exact) > 0 || shape.count < 4)
  }

  @Test("a graft gives its length to every block", arguments: [1024, 3])
  func graft(_ blockSize: Int) throws {
    let zero = [Double](repeating: 0, count: 24)
    let all = gradients(24, 1)
    let spec = "shampoo:lr=1,beta1=0,eps=0.1,block-size=\(blockSize),grafting="
    let found = try path(spec + "sgd", [4, 6], from: zero, along: all)[0]
    if blockSize > 6 {
      #expect((length(found) - length(all[0])).magnitude < 1e-13)
    } else {
      // The block of the first three rows and columns.
      let places = (0..<9).map { $0 / 3 * 6 + $0 % 3 }
      #expect((length(places.map { found[$0] }) - length(places.map { all[0][$0] })).magnitude < 1e-13)
    }
    // Adam's first step, and Adagrad's, is one of signs.
    for rule in ["adagrad", "adam"] {
      let step = try path(spec + rule + ",grafting-eps=0", [4, 6], from: zero, along: all)[0]
      #expect((length(step) - 24.0.squareRoot()).magnitude < 1e-13, "\(rule)")
    }
  }

  /// W ↦ AWB with orthogonal A and B: what is done in eigenvectors does not see the basis.
  @Test(
    "a path turns with its gradients",
    arguments: [
      "soap:lr=0.1,precondition-frequency=2", "soap:lr=0.1,weight-decay=0", "shampoo:lr=0.1,eps=0.01",
      "shampoo:lr=0.1,beta2=0.9,eps=0.01,grafting=sgd", "kl-shampoo:lr=0.1,precondition-frequency=2",
    ])
  func equivariant(_ spec: String) throws {
    let zero = SmallMatrix(5, 5, [Double](repeating: 0, count: 25))
    func orthogonal(_ seed: UInt64) throws -> SmallMatrix {
      let random = SmallMatrix(5, 5, randomWith: seed)
      let step = try path("steepest:norm=spectral,dual=false,lr=1", [5, 5], from: zero.values, along: [random.values])
      return SmallMatrix(5, 5, step[0])
    }
    let (left, right) = (try orthogonal(1), try orthogonal(2))
    func turned(_ values: [Double]) -> [Double] { left.times(SmallMatrix(5, 5, values)).times(right).values }
    let all = gradients(25, 7)
    let start: [Double] = SampleData.weights(25)
    let straight = try path(spec, [5, 5], from: start, along: all)
    let other = try path(spec, [5, 5], from: turned(start), along: all.map(turned))
    for step in all.indices {
      #expect(distance(other[step], turned(straight[step])) < 1e-9, "step \(step)")
    }
    #expect(distance(straight[6], start) > 0.05)
    // Adam does see it.
    let adam = try path("adam:lr=0.1", [5, 5], from: start, along: all)
    let turnedAdam = try path("adam:lr=0.1", [5, 5], from: turned(start), along: all.map(turned))
    #expect(distance(turnedAdam[6], turned(adam[6])) > 0.05)
  }

  @Test("Kron that does not fit is gradient descent, times what it begins with", arguments: [(1.0, 1.0), (4, 16)])
  func kronIsSGD(_ initial: Double, _ factor: Double) throws {
    let all = gradients(15, 4)
    let start: [Double] = SampleData.weights(15)
    let kron = try path(
      "kron:lr=0.01,momentum=0,clip=0,precondition-lr=0,precondition-init=\(initial)", [3, 5], from: start, along: all)
    let sgd = try path("sgd:lr=\(0.01 * factor)", [15], from: start, along: all)
    for step in all.indices { #expect(distance(kron[step], sgd[step]) < 1e-13) }
    let never = try path("kron:lr=0.01,momentum=0,clip=0,precondition-probability=0", [3, 5], from: start, along: all)
    let plain = try path("sgd:lr=0.01", [15], from: start, along: all)
    #expect(distance(never[3], plain[3]) < 1e-13)
  }

  /// Gradients A·Z·B with independent normal numbers in Z: fitted, A and B are gone from the step.
  @Test("Kron whitens")
  func kronWhitens() throws {
    let (m, n) = (4, 6)
    let scales = (left: [1.0, 3, 0.5, 10], right: [2.0, 0.1, 1, 5, 0.7, 20])
    var walk = Walk<Double>(
      try Catalogue.full.parse("kron:lr=1,momentum=0,clip=0,precondition-lr=0.05"), [[m, n]],
      from: [Double](repeating: 0, count: m * n))
    var squares = [Double](repeating: 0, count: m * n)
    for step in 0..<3000 {
      let before = walk.weights
      let random = CounterRandom(seed: 77, stream: UInt64(step))
      walk.step(
        along: (0..<m * n).map { random.normal(at: UInt64($0)) * scales.left[$0 / n] * scales.right[$0 % n] })
      guard step >= 2000 else { continue }
      for place in squares.indices {
        squares[place] += (walk.weights[place] - before[place]) * (walk.weights[place] - before[place]) / 1000
      }
    }
    let roots = squares.map { $0.squareRoot() }
    #expect((roots.max() ?? 0) / (roots.min() ?? 1) < 1.8, "\(roots)")
    #expect((roots.min() ?? 0) > 0.5 && (roots.max() ?? 9) < 2, "\(roots)")
  }

  @Test("Kron's noise is that of its seed, step and tensor")
  func kronNoise() throws {
    let all = gradients(30, 3)
    func end(_ spec: String) throws -> [Double] {
      var walk = Walk<Double>(
        try Catalogue.full.parse(spec), [[3, 5], [3, 5]], from: [Double](repeating: 0, count: 30))
      for gradient in all { walk.step(along: Array(gradient[..<15]) + gradient[..<15]) }
      return walk.weights
    }
    let one = try end("kron:lr=0.1")
    #expect(one == (try end("kron:lr=0.1")))
    #expect(one != (try end("kron:lr=0.1,seed=1")))
    #expect(Array(one[..<15]) != Array(one[15...]))
  }

  @Test(
    "Dion's step of a matrix of rank 1 is its orthogonal factor, scaled", arguments: [[5, 3], [3, 7], [1, 6], [6]])
  func dionOfRankOne(_ dimensions: [Int]) throws {
    let shape = Shape(dimensions)
    let outer = SmallMatrix(shape.rows, 1, randomWith: 5).times(SmallMatrix(1, shape.columns, randomWith: 6))
    let zero = [Double](repeating: 0, count: shape.count)
    let found = try path("dion:lr=1,weight-decay=0,eps=0,rank=1", shape, from: zero, along: [outer.values])[0]
    let size = (Double(shape.rows) / Double(shape.columns)).squareRoot() / length(outer.values)
    #expect(distance(found, outer.values.map { -size * $0 }) < 1e-13)
  }

  @Test("Dion keeps what a step leaves out, and nothing of what it took where momentum is 0")
  func dionFeedback() throws {
    let all = gradients(21, 3)
    func left(_ rank: Int) throws -> Double {
      var walk = Walk<Double>(try Catalogue.full.parse("dion:momentum=0,rank=\(rank)"), [[3, 7]])
      walk.steps(along: all)
      return length(walk.optimizer.state["tensor0", "momentum_buffer"] ?? [])
    }
    #expect(try left(3) < 1e-13)
    #expect(try left(2) > 0.1)
    func columns(_ spec: String) throws -> [Double]? {
      var walk = Walk<Double>(try Catalogue.full.parse(spec), [[10, 8]])
      walk.step(along: gradients(80, 1)[0])
      return walk.optimizer.state["tensor0", "Q"]
    }
    #expect(try columns("dion:rank-percent=25")?.count == 16)
    #expect(try columns("dion:rank=3")?.count == 24)
    #expect(try columns("dion:rank=3,rank-percent=1")?.count == 8)
  }

  @Test(
    "gradients of less than full rank are no trouble",
    arguments: ["soap", "shampoo", "kl-shampoo", "kron", "dion", "steepest"])
  func rankDeficient(_ name: String) throws {
    try staysFinite(name, Double.self)
    try staysFinite(name, Float.self)
  }

  private func staysFinite<Scalar: WeightScalar>(_ name: String, _: Scalar.Type) throws {
    let spec = try Catalogue.full.parse(name)
    let flat = SmallMatrix(6, 1, randomWith: 8).times(SmallMatrix(1, 9, randomWith: 9)).values
    var walk = Walk<Scalar>(spec, [[6, 9]])
    for step in 0..<25 { walk.step(along: flat.map { Scalar(nearest: step % 7 == 3 ? 0 : $0) }) }
    #expect(walk.weights.allSatisfy { $0.isFinite }, "\(name) in \(Scalar.self)")
  }

  @Test(
    "a knob that sets a factor's size may change on the way",
    arguments: [
      ("dion", "rank", 2.0, 5.0), ("soap", "max-precondition-dim", 0, 20), ("shampoo", "block-size", 3, 20),
      ("kron", "max-triangular", 0, 20), ("kl-shampoo", "max-precondition-dim", 20, 0), ("dion", "rank", 5, 1),
    ])
  func resized(_ rule: String, _ knob: String, _ before: Double, _ after: Double) throws {
    var walk = Walk<Double>(try Catalogue.full.parse("\(rule):\(knob)=\(Int(before))"), [[6, 9]])
    let all = gradients(54, 30)
    walk.steps(along: all[..<5])
    try walk.change { try $0.set(knob, to: after) }
    let middle = walk.weights
    walk.steps(along: all[5...])
    #expect(walk.weights.allSatisfy { $0.isFinite })
    #expect(distance(walk.weights, middle) > 0)
  }

  @Test("a plan knows what state a shape takes")
  func stateCount() throws {
    func count(_ spec: String, _ shape: Shape) throws -> Int { try Catalogue.full.parse(spec).stateCount(for: shape) }
    #expect(try count("soap", [4, 3]) == 2 * 12 + 2 * 16 + 2 * 9)
    #expect(try count("soap:max-precondition-dim=3", [4, 3]) == 2 * 12 + 2 * 9)
    #expect(try count("shampoo:grafting=adam", [4, 3]) == 2 * 12 + 2 * 16 + 2 * 9)
    #expect(try count("shampoo:beta1=0,block-size=2", [4, 3]) == 2 * (4 * 4 + 2 * (4 + 1)))
    #expect(try count("kl-shampoo", [4, 3]) == 12 + 2 * 16 + 2 * 9 + 7)
    #expect(try count("kron:max-triangular=3", [4, 3]) == 12 + 4 + 9)
    #expect(try count("dion:rank=2", [4, 3]) == 12 + 6)
    #expect(try count("soap", [0, 3]) == 0)
  }
}
