import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// What Muon and its kin share, and the faults that their ports have copied from each other.
@Suite("Muon and its kin")
struct MuonKinTests {
  private static let kin = [
    "muon", "nor-muon", "ada-muon", "muon-clip", "muon-h", "polar-grad", "spectral-descent", "scion", "dion2",
    "nor-dion2",
  ]
  private static let withExperts = kin.filter { $0 != "scion" }
  private static let withHeads = withExperts.filter { !$0.hasSuffix("dion2") }

  private func same(
    _ spec: String, _ shape: Shape, as other: String, _ otherShape: Shape, _ label: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let gradients = SampleData.gradients(shape.count, as: Float.self)
    let found = difference(try path(spec, shape, along: gradients), try path(other, otherShape, along: gradients))
    #expect(found == nil, "\(spec) \(shape), \(other) \(otherShape) \(label)", sourceLocation: sourceLocation)
  }

  // MARK: Shapes

  /// Codes that take the scale from the kernel's height and width step up to five times too short.
  @Test("a convolution filter is outputs × all else, in its scale too", arguments: kin.filter { $0 != "scion" })
  func filters(_ rule: String) throws {
    try same(rule, [16, 1, 3, 3], as: rule, [16, 9])
    try same(rule, [4, 3, 2, 2], as: rule, [4, 12])
  }

  @Test("the spectral scale of Scion's filters has the kernel's size in it")
  func scionFilters() throws {
    let gradients = SampleData.gradients(108, as: Double.self)
    let zero = gradients[0].map { _ in 0.0 }
    let filter = try path("scion:lr=1,constrained=false", [4, 3, 3, 3], from: zero, along: gradients)
    let matrix = try path("scion:lr=1,constrained=false", [4, 27], from: zero, along: gradients)
    // √(4/3)/9 against √(4/27).
    for (a, b) in zip(filter.joined(), matrix.joined()) { #expect((a - b / 3).magnitude < 1e-14) }
  }

  @Test("experts are matrices apart, not one of all rows", arguments: withExperts)
  func experts(_ rule: String) throws {
    let gradients = SampleData.gradients(3 * 4 * 6, as: Float.self)
    let start: [Float] = SampleData.weights(72)
    let together = try path("\(rule):experts=true", [3, 4, 6], from: start, along: gradients)
    for expert in 0..<3 {
      let places = expert * 24..<expert * 24 + 24
      let apart = try path(rule, [4, 6], from: Array(start[places]), along: gradients.map { Array($0[places]) })
      #expect(difference(together.map { Array($0[places]) }, apart) == nil, "expert \(expert)")
    }
    #expect(difference(together, try path(rule, [3, 4, 6], from: start, along: gradients)) != nil)
    // With two dimensions there are none.
    try same("\(rule):experts=true", [6, 4], as: rule, [6, 4])
  }

  @Test("heads are blocks of rows apart", arguments: withHeads)
  func heads(_ rule: String) throws {
    let gradients = SampleData.gradients(60, as: Float.self)
    let start: [Float] = SampleData.weights(60)
    let together = try path("\(rule):heads=3", [6, 10], from: start, along: gradients)
    #expect(difference(together, try path(rule, [6, 10], from: start, along: gradients)) != nil)
    // Both norms of a hyperball are of the whole matrix.
    if rule == "muon-h" { return }
    for head in 0..<3 {
      let places = head * 20..<head * 20 + 20
      let apart = try path(rule, [2, 10], from: Array(start[places]), along: gradients.map { Array($0[places]) })
      #expect(difference(together.map { Array($0[places]) }, apart) == nil, "head \(head)")
    }
  }

  @Test("experts have heads too")
  func expertsWithHeads() throws {
    try same("muon:experts=true,heads=2", [3, 4, 6], as: "muon:heads=6", [12, 6])
    try same("nor-muon:experts=true,heads=2", [3, 4, 6], as: "nor-muon:experts=true", [6, 2, 6])
  }

  // MARK: Lengths

  /// ‖D‖ = s√r and σ₁(D) = s, with s as documented, where the factor is exact.
  @Test(
    "the length of a step is what its scale says",
    arguments: [
      ("original", 1.5, 1.0), ("match-rms-adamw", 0.48, 0.48), ("spectral-unclamped", 1.5, 8.0 / 12),
      ("none", 1.0, 1.0),
    ] as [(String, Double, Double)])
  func lengths(_ scale: String, _ tallSquare: Double, _ wideSquare: Double) throws {
    let sizes: [(Shape, Double)] = [([12, 8], tallSquare.squareRoot()), ([8, 12], wideSquare.squareRoot())]
    for (shape, size) in sizes {
      let gradients = SampleData.gradients(96, as: Double.self)
      let start = [Double](repeating: 0, count: 96)
      let spec = "muon:lr=1,orthogonalizer=svd,scale=\(scale)"
      let moved = try path(spec, shape, from: start, along: [gradients[0]])[0]
      let squares = moved.reduce(0) { $0 + $1 * $1 }
      #expect((squares.squareRoot() - size * 8.0.squareRoot()).magnitude < 1e-12, "\(shape)")
      let step = MatrixSample(name: "", rows: shape.rows, columns: shape.columns, values: moved)
      #expect((step.decomposition().sigma[0] - size).magnitude < 1e-12, "\(shape)")
      // AdamW's root of the mean square, whatever the shape.
      if scale == "match-rms-adamw" { #expect(((squares / 96).squareRoot() - 0.2).magnitude < 1e-12) }
    }
  }

  @Test("AdaMuon's step is 0.2 in the root of its mean square, NorMuon's as long as Muon's")
  func evenedLengths() throws {
    let gradients = SampleData.gradients(60, as: Double.self)
    let start = [Double](repeating: 0, count: 60)
    func norm(_ spec: String) throws -> Double {
      try path(spec, [6, 10], from: start, along: [gradients[0]])[0].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    #expect((try norm("ada-muon:lr=1") - 0.2 * 60.0.squareRoot()).magnitude < 1e-12)
    #expect((try norm("nor-muon:lr=1") - norm("muon:lr=1")).magnitude < 1e-12)
    #expect((try norm("nor-muon:lr=1,norm=shorter,heads=2") - norm("muon:lr=1,heads=2")).magnitude < 1e-12)
  }

  @Test("PolarGrad steps by the nuclear norm")
  func nuclearNorm() throws {
    let gradient: [Double] = SampleData.gradient(40, step: 0)
    let sigma = MatrixSample(name: "", rows: 5, columns: 8, values: gradient).decomposition().sigma
    let spec = "spectral-descent:lr=1,orthogonalizer=svd"
    let moved = try path(spec, [5, 8], from: gradient.map { _ in 0 }, along: [gradient])[0]
    let nuclear = sigma.reduce(0, +)
    let norm = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect((norm - nuclear * 5.0.squareRoot()).magnitude < 1e-11 * nuclear)
  }

  @Test("MuonH keeps the norm of every matrix, Scion stays in its ball")
  func constraints() throws {
    func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let gradients = SampleData.gradients(60, as: Double.self)
    let start: [Double] = SampleData.weights(60)
    for weights in try path("muon-h:lr=0.3,experts=true", [2, 5, 6], from: start, along: gradients) {
      for half in [0..<30, 30..<60] {
        #expect((norm(weights[half]) - norm(start[half])).magnitude < 1e-13 * norm(start[half]))
      }
    }
    #expect(try path("muon-h:lr=0", [6, 10], from: start, along: gradients).allSatisfy { $0 == start })
    // Inside the spectral ball of radius ρ·√(m/n), however long the steps.
    let small = start.map { 0.01 * $0 }
    let bound = 2 * (6.0 / 10).squareRoot()
    let spec = "scion:lr=0.5,radius=2,orthogonalizer=svd"
    for weights in try path(spec, [6, 10], from: small, along: gradients + gradients) {
      let sigma = MatrixSample(name: "", rows: 6, columns: 10, values: weights).decomposition().sigma
      #expect(sigma[0] <= bound * (1 + 1e-12))
    }
  }

  // MARK: Momentum and decay

  /// A buffer that is normalised where it lies is what the bfloat16 path of a port once kept.
  @Test("momentum is kept as it is, though it is orthogonalised", arguments: ["true", "false"])
  func momentumIsKept(_ nesterov: String) throws {
    let gradients = SampleData.gradients(24, as: Float.self)
    var walk = Walk<Float>(try Catalogue.full.parse("muon:momentum=0.5,nesterov=\(nesterov)"), [[4, 6]])
    var average = [Float](repeating: 0, count: 24)
    for gradient in gradients {
      walk.step(along: gradient)
      average = zip(average, gradient).map { 0.5 * $0 + 0.5 * $1 }
      #expect(walk.optimizer.state["tensor0", "momentum_buffer"] == average)
    }
  }

  @Test("decoupled decay is by the rate that no shape scales; coupled decay turns a step, and is no longer")
  func decay() throws {
    let gradients = SampleData.gradients(24, as: Double.self)
    let start: [Double] = SampleData.weights(24)
    func step(_ spec: String) throws -> [Double] { try path(spec, [6, 4], from: start, along: [gradients[0]])[0] }
    let base = "muon:lr=0.5,scale=match-rms-adamw"
    let (free, decoupled) = (try step(base + ",weight-decay=0"), try step(base + ",weight-decay=0.3"))
    for place in start.indices {
      #expect((decoupled[place] - (free[place] - 0.5 * 0.3 * start[place])).magnitude < 1e-14)
    }
    let coupled = try step(base + ",weight-decay=0.3,decay=coupled,orthogonalizer=svd")
    func length(_ a: [Double]) -> Double { zip(a, start).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() }
    let plain = try step(base + ",weight-decay=0,orthogonalizer=svd")
    #expect((length(coupled) - length(plain)).magnitude < 1e-13)
    #expect(greatestDifference(coupled, plain) > 1e-3)
  }

  @Test("average and sum are one direction")
  func momentumForms() throws {
    let gradients = SampleData.gradients(35, as: Double.self)
    for nesterov in ["true", "false"] {
      let average = try path("muon:momentum=0.75,nesterov=\(nesterov)", [5, 7], along: gradients)
      let sum = try path("muon:momentum=0.75,nesterov=\(nesterov),momentum-form=sum", [5, 7], along: gradients)
      for (a, b) in zip(average, sum) { #expect(greatestDifference(a, b) < 1e-14) }
    }
  }

  /// A floor of 10⁻⁷ under the norm, as ports have it, makes small gradients small steps.
  @Test("only a floor that is asked for makes a step see the gradient's size", arguments: kin)
  func floor(_ rule: String) throws {
    if ["polar-grad", "spectral-descent"].contains(rule) { return }
    let gradient: [Double] = SampleData.gradient(24, step: 0).map { (value: Double) in value * 0x1p-40 }
    let zero = [Double](repeating: 0, count: 24)
    func size(_ knobs: String) throws -> Double {
      let moved = try path("\(rule):lr=1\(knobs)", [4, 6], from: rule == "muon-h" ? gradient : zero, along: [gradient])
      return greatestDifference(moved[0], rule == "muon-h" ? gradient : zero)
    }
    let usual = try path(
      "\(rule):lr=1", [4, 6], from: rule == "muon-h" ? gradient : zero, along: [gradient.map { 0x1p40 * $0 }])
    #expect(try size("") == greatestDifference(usual[0], rule == "muon-h" ? gradient : zero))
    if ["muon", "muon-clip", "dion2"].contains(rule) { #expect(try size(",eps=1e-7") < 0.05 * size("")) }
  }

  // MARK: Zeros

  @Test("a zero gradient moves nothing and breaks nothing", arguments: kin)
  func zeroGradient(_ rule: String) throws {
    let zero = [Float](repeating: 0, count: 24)
    let start: [Float] = SampleData.weights(24)
    for knobs in ["", ",eps=0"] + (rule.hasPrefix("nor") || rule == "ada-muon" ? [",root-eps=0"] : []) {
      let free = knobs + (rule == "scion" ? ",constrained=false" : rule == "muon-h" ? "" : ",weight-decay=0")
      let found = try path("\(rule):lr=0.1\(free)", [4, 6], from: start, along: [zero, zero])
      #expect(difference(found, [start, start]) == nil, "\(knobs)")
      // A row of zeros, as of a projection that begins at zero, and then a gradient after all.
      let rows = SampleData.gradients(24, as: Float.self).map { $0.enumerated().map { $0.offset < 6 ? 0 : $0.element } }
      let moved = try path("\(rule):lr=0.1\(free)", [4, 6], from: start, along: [zero] + rows)
      #expect(moved.joined().allSatisfy { $0.isFinite }, "\(knobs)")
    }
  }

  // MARK: Identities

  @Test("rules that are others with some knobs")
  func identities() throws {
    try same(
      "muon-clip:momentum=0.75", [4, 6],
      as: "muon:momentum=0.75,momentum-form=sum,nesterov=false,scale=match-rms-adamw",
      [4, 6])
    try same(
      "spectral-descent:lr=0.1", [6, 4], as: "polar-grad:lr=0.1,momentum=0,weight-decay=0,nesterov=false", [6, 4])
    try same(
      "scion:momentum=0.75,constrained=false,radius=1", [6, 4],
      as: "muon:momentum=0.75,nesterov=false,scale=spectral-unclamped,weight-decay=0", [6, 4])
    for shape: Shape in [[4, 6], [6, 4]] {
      try same(
        "dion2:fraction=1,ef-decay=0.75", shape,
        as: "muon:lr=0.01,momentum=0.75,momentum-form=sum,nesterov=false,weight-decay=0.01,scale=spectral-unclamped",
        shape)
      try same(
        "nor-dion2:fraction=1,ef-decay=0.75", shape,
        as: "nor-muon:lr=0.01,momentum=0.75,momentum-form=sum,nesterov=false,weight-decay=0.01,"
          + "scale=spectral-unclamped", shape)
    }
  }

  @Test("Dion2 moves the largest lines alone, and keeps the others for later")
  func dion2() throws {
    // Rows of the lengths 3, 1, 4, 2: with half of them, the first and the third.
    let sizes: [Double] = [3, 1, 4, 2]
    let gradient = (0..<24).map { (place: Int) -> Double in
      let sign: Double = place % 3 == 0 ? -1 : 1
      return sizes[place / 6] * sign + 0.01 * Double(place % 5)
    }
    let zero = [Double](repeating: 0, count: 24)
    var walk = Walk<Double>(try Catalogue.full.parse("dion2:lr=1,fraction=0.5,ef-decay=0.25"), [[4, 6]], from: zero)
    walk.step(along: gradient)
    for row in 0..<4 {
      let moves = walk.weights[row * 6..<row * 6 + 6].contains { $0 != 0 }
      #expect(moves == (row == 0 || row == 2), "row \(row)")
    }
    let kept = walk.optimizer.state["tensor0", "momentum_buffer"] ?? []
    for (place, value) in kept.enumerated() {
      #expect(value == (place / 6 % 2 == 0 ? 0.25 * gradient[place] : gradient[place]))
    }
    // Now the sums are as 3 + 0.75, 1 + 1, 4 + 1, 2 + 2: the last row's turn has come.
    walk.step(along: gradient)
    let moved = zip(walk.optimizer.state["tensor0", "momentum_buffer"] ?? [], gradient).map { $0 / $1 }
    #expect(greatestDifference([moved[1], moved[7], moved[13], moved[23]], [1.25, 2, 0.3125, 0.5]) < 1e-14)
  }

  @Test("of equal lines the first are chosen, one at least", arguments: ["l1", "l2"])
  func ties(_ norm: String) throws {
    let gradient = (0..<20).map { place in place % 2 == 0 ? 1.0 : -1 }
    let zero = [Double](repeating: 0, count: 20)
    for (fraction, count) in [("0", 1), ("0.25", 1), ("0.5", 2), ("0.75", 3), ("1", 4)] {
      let spec = "dion2:lr=1,by=\(norm),fraction=\(fraction)"
      for shape: Shape in [[4, 5], [5, 4]] {
        let moved = try path(spec, shape, from: zero, along: [gradient])[0]
        let lines = (0..<4).filter { line in
          (0..<20).contains { moved[$0] != 0 && (shape.rows == 4 ? $0 / 5 : $0 % 4) == line }
        }
        #expect(lines == Array(0..<count), "\(spec) \(shape)")
      }
    }
  }
}
