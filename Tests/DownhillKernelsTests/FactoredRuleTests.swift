import Downhill
import DownhillBase
import DownhillKernels
import DownhillMatrix
import Testing

/// The factored rules on the fast products and decompositions, beside the same rules in plain Swift.
@Suite("Factored rules on the kernels")
struct FactoredRuleTests {
  /// Of full rank from the first gradient, so that no basis is a matter of taste.
  private static let specs = [
    "soap:lr=0.02,precondition-frequency=3", "shampoo:lr=0.02,eps=0.01",
    "shampoo:lr=0.02,eps=0.1,block-size=9,grafting=adam",
    "kl-shampoo:lr=0.02,precondition-frequency=3", "kron:lr=0.02", "dion:lr=0.02,rank=5", "steepest:lr=0.001",
    "steepest:norm=nuclear,dual=false,lr=0.02", "steepest:norm=schatten-p,dual=false,lr=0.02",
  ]

  @Test("go the same way in Double", arguments: specs)
  func inDouble(_ spec: String) throws { try compare(spec, Double.self, .accelerated, allowed: 1e-9) }

  @Test("go nearly the same way in Float", arguments: specs)
  func inFloat(_ spec: String) throws { try compare(spec, Float.self, .accelerated, allowed: 1e-3) }

  private func compare<Scalar: WeightScalar>(
    _ spec: String, _: Scalar.Type, _ machine: MatrixMachine<Scalar>, allowed: Double
  ) throws {
    let (plain, start) = try end(spec, Scalar.plainMachine)
    let (fast, _) = try end(spec, machine)
    let moved = zip(plain, start).reduce(0) { max($0, ($1.0 - $1.1).wide.magnitude) }
    let apart = zip(plain, fast).reduce(0) { max($0, ($1.0 - $1.1).wide.magnitude) }
    #expect(moved > 0.001)
    #expect(apart <= allowed * moved, "\(apart / moved) of the way")
    #expect(try end(spec, machine).weights == fast, "not the same bits again")
    #expect(try end(spec, machine, on: TeamLoop(workerCount: 2)).weights == fast, "not the same bits on two threads")
  }

  private func end<Scalar: WeightScalar>(
    _ spec: String, _ machine: MatrixMachine<Scalar>, on loop: some ParallelLoop = .serial
  ) throws -> (weights: [Scalar], start: [Scalar]) {
    let count = 20
    var optimizer = Optimizer<Scalar>(
      try Catalogue.full.parse(spec), for: [Parameter("w", [count, count])], on: loop, with: machine)
    let random = CounterRandom(seed: 3)
    var weights = ["w": (0..<count * count).map { Scalar(nearest: random.normal(at: UInt64($0))) }]
    let start = weights["w"] ?? []
    for step in 0..<12 {
      let noise = CounterRandom(seed: 4, stream: UInt64(step))
      let gradient = (0..<count * count).map { Scalar(nearest: noise.normal(at: UInt64($0))) }
      optimizer.update(&weights, along: ["w": gradient])
    }
    return (weights["w"] ?? [], start)
  }
}
