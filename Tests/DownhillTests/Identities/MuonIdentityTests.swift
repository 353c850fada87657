import Downhill
import DownhillBase
import DownhillMatrix
import Testing

@Suite("Identities of Muon")
struct MuonIdentityTests {
  private static let shapes: [Shape] = [[5, 3], [3, 7], [4, 4], [1, 6], [6, 1], [12, 20]]

  /// The average of one gradient has its direction, and that of an orthogonal matrix is the matrix.
  @Test(
    "an orthogonal gradient is its own step, up to the scale",
    arguments: [("original", 5.0 / 3), ("match-rms-adamw", 0.04 * 5), ("spectral-unclamped", 5.0 / 3), ("none", 1)])
  func orthogonalGradient(_ scale: String, _ square: Double) throws {
    let gradient = polarFactor(SampleData.gradient(15, step: 0), [5, 3])
    let start: [Double] = SampleData.weights(15)
    let spec = "muon:lr=0.5,weight-decay=0.2,orthogonalizer=svd,scale=\(scale)"
    let found = try path(spec, [5, 3], along: [gradient.map { 3 * $0 }])[0]
    let expected = zip(start, gradient).map { (1 - 0.5 * 0.2) * $0 - 0.5 * square.squareRoot() * $1 }
    #expect(ulps(found, expected, of: 1) <= 16)
  }

  @Test("the exact orthogonalisers are one, to the bit", arguments: shapes)
  func jacobiIsSVD(_ shape: Shape) throws {
    let gradients = SampleData.gradients(shape.count, as: Float.self)
    let jacobi = try path("muon:orthogonalizer=jacobi", shape, along: gradients)
    #expect(difference(jacobi, try path("muon:orthogonalizer=svd", shape, along: gradients)) == nil)
    #expect(difference(jacobi, try path("muon", shape, along: gradients)) != nil)
  }

  @Test("without momentum there is nothing to look ahead along", arguments: shapes)
  func nesterov(_ shape: Shape) throws {
    let gradients = SampleData.gradients(shape.count, as: Double.self)
    let ahead = try path("muon:momentum=0,nesterov=true", shape, along: gradients)
    #expect(difference(ahead, try path("muon:momentum=0,nesterov=false", shape, along: gradients)) == nil)
    let heavy = try path("muon:nesterov=false", shape, along: gradients)
    #expect(difference(try path("muon:nesterov=true", shape, along: gradients), heavy) != nil)
  }

  /// One column has one singular value, its length.
  @Test("a vector's step is its direction at length p(1)", arguments: [0, 1, 3, 5, 7])
  func vector(_ steps: Int) throws {
    let gradient: [Double] = SampleData.gradient(40, step: 0)
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let size = (0..<steps).reduce(1.0) { value, _ in quintic(value) }
    if steps == 5 { #expect((size - 0.696).magnitude < 1e-3) }
    let spec = "muon:lr=1,weight-decay=0,scale=none,steps=\(steps)"
    let found = try path(spec, [40], from: gradient.map { _ in 0 }, along: [gradient])[0]
    #expect(ulps(found, gradient.map { -size * $0 / length }, of: 1) <= 16)
  }

  /// By the decomposition of gradient and step: the polynomial acts on singular values alone.
  @Test("five quintic steps map every singular value to p(σ/‖X‖)", arguments: shapes)
  func singularValues(_ shape: Shape) throws {
    let gradient: [Double] = SampleData.gradient(shape.count, step: 0)
    let found = try path(
      "muon:lr=1,weight-decay=0,scale=none", shape, from: gradient.map { _ in 0 }, along: [gradient])[0]
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let expected = decomposition(gradient, shape).sigma.map { sigma in
      (0..<5).reduce(sigma / length) { value, _ in quintic(value) }
    }
    // The polynomial does not keep the order, and multiplies an error by up to 3.44 a step.
    let pairs = zip(decomposition(found, shape).sigma, expected.sorted(by: >))
    for (sigma, expected) in pairs { #expect((sigma - expected).magnitude <= 500 * Double.ulpOfOne) }
  }

  /// The step is the same from 10⁻³⁰ to 10³⁰, in Float too, where squares are out of reach at either end.
  @Test("does not see the scale of the gradient", arguments: ["quintic", "svd"])
  func scaleOfGradients(_ orthogonalizer: String) throws {
    let gradient = (0..<60).map { (place: Int) -> Float in
      let size = Float(1 + place * 37 % 61)
      return place % 2 == 0 ? size : -size
    }
    let zero = [Float](repeating: 0, count: 60)
    let spec = "muon:lr=1,weight-decay=0,orthogonalizer=\(orthogonalizer)"
    let expected = try path(spec, [6, 10], from: zero, along: [gradient, gradient])[1]
    for scale in [Float(0x1p-100), 0x1p90] {
      let scaled = gradient.map { scale * $0 }
      let found = try path(spec, [6, 10], from: zero, along: [scaled, scaled])[1]
      #expect(difference(found, expected) == nil, "\(scale)")
    }
    for scale in [Float(1e-30), 1e30] {
      let scaled = gradient.map { scale * $0 }
      let found = try path(spec, [6, 10], from: zero, along: [scaled, scaled])[1]
      // The scaled gradients are rounded once; a quintic multiplies that by up to 3.44 a step, an exact factor by the
      // inverse of the least singular value.
      #expect(ulps(found, expected, of: 1) <= 500, "\(scale)")
    }
  }

  @Test("f64 inside is nearer to the truth than f32, and the data's own type is the default")
  func precision() throws {
    let gradients = SampleData.gradients(60, as: Float.self)
    let wide = SampleData.gradients(60, as: Double.self)
    // One step from nothing, which is rounded once where all else is in f64.
    let bare = "muon:lr=1,weight-decay=0,momentum=0"
    let exact = try path(bare, [6, 10], from: wide[0].map { _ in 0 }, along: [wide[0]])[0]
    func error(_ precision: String) throws -> Double {
      let spec = "\(bare),precision=\(precision)"
      let found = try path(spec, [6, 10], from: gradients[0].map { _ in 0 }, along: [gradients[0]])[0]
      return zip(found, exact).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    }
    #expect(try error("f64") < 0.1 * error("f32") && error("f32") < 0.1 * error("bf16"))
    let own = difference(
      try path("muon:lr=0.1,precision=f32", [6, 10], along: gradients),
      try path("muon:lr=0.1", [6, 10], along: gradients))
    #expect(own == nil)
    let double = difference(
      try path("muon:lr=0.1,precision=f64", [6, 10], along: wide), try path("muon:lr=0.1", [6, 10], along: wide))
    #expect(double == nil)
  }

  private func quintic(_ x: Double) -> Double { 3.4445 * x - 4.7750 * x * x * x + 2.0315 * x * x * x * x * x }

  private func polarFactor(_ a: [Double], _ shape: Shape) -> [Double] {
    let (u, _, v) = decomposition(a, shape)
    let rank = min(shape.rows, shape.columns)
    return (0..<shape.count).map { place in
      let (row, column) = (place / shape.columns, place % shape.columns)
      return (0..<rank).reduce(0) { $0 + u[row * rank + $1] * v[column * rank + $1] }
    }
  }

  private func decomposition(_ a: [Double], _ shape: Shape) -> (u: [Double], sigma: [Double], v: [Double]) {
    let rank = min(shape.rows, shape.columns)
    let jacobi = JacobiDecomposition()
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    var (u, sigma, v) = (zeros(shape.rows * rank), zeros(rank), zeros(shape.columns * rank))
    var scratch = zeros(jacobi.scratchCount(rows: shape.rows, columns: shape.columns))
    jacobi.decompose(
      a, rows: shape.rows, columns: shape.columns, u: &u, sigma: &sigma, v: &v, scratch: &scratch)
    return (u, sigma, v)
  }
}
