import Downhill
import DownhillBase
import DownhillMatrix
import DownhillThreads
import TestSupport
import Testing

/// State and weights in numbers of 16 bits.
@Suite("Numbers of 16 bits")
struct StorageFormatTests {
  private let count = 5000
  private let gradients: [[Float]] = (0..<8).map { SampleData.gradient(5000, step: $0) }

  private func optimizer(
    _ spec: String, _ format: StorageFormat, on loop: some ParallelLoop = .serial
  ) throws -> Optimizer<Float> {
    try Optimizer<Float>(spec, from: .full, for: [Parameter("weights", [count])], storing: format, on: loop)
  }

  /// Weights that 16 bits hold.
  private var start: [BFloat16] { SampleData.weights(count, as: Float.self).map { BFloat16($0) } }

  @Test("round to the nearest, ties to even, and come back exactly")
  func rounding() {
    for bits in UInt16.min...UInt16.max {
      let number = BFloat16(bitPattern: bits)
      guard !number.wide.isNaN else {
        #expect(BFloat16(number.wide).wide.isNaN)
        continue
      }
      #expect(BFloat16(number.wide) == number)
    }
    #expect(BFloat16(1.00390625).wide == 1 && BFloat16(1.01171875).wide == 1.015625)
    #expect(BFloat16(1.0039064).wide == 1.0078125 && BFloat16(3.4e38).wide == .infinity)
  }

  private static let onePass = [
    "adamw:lr=0.01", "sgd:lr=0.1,momentum=0.9", "clip:value=0.5/lion:lr=0.01", "cautious-decay/adamw:lr=0.02",
    "ema:decay=0.5/grokfast/adam:lr=0.01,amsgrad=true",
  ]

  @Test("with a companion are the bits of a run with full weights", arguments: onePass)
  func companion(spec: String) throws {
    var full = try Optimizer<Float>(spec, from: .full, for: count)
    var packed = try optimizer(spec, StorageFormat(weights: .bfloat16WithCompanion))
    var (weights, halves) = (start.map { $0.wide }, start)
    for gradient in gradients {
      full.update(&weights, along: gradient)
      packed.update(&halves, along: gradient)
    }
    let low = try #require(packed.state["weights", "weights_low"])
    #expect(
      weights.indices.allSatisfy { place in
        weights[place].bitPattern == UInt32(halves[place].bitPattern) << 16 | UInt32(low[place])
      })
    #expect(low.contains { $0 != 0 })
  }

  @Test("of weights take small steps on the average, which the nearest would never take")
  func smallSteps() throws {
    // A step of 2⁻¹² at 1, where the next number is 2⁻⁷ away.
    var optimizer = try optimizer("sgd:lr=0.000244140625", StorageFormat(weights: .bfloat16))
    var weights = [BFloat16](repeating: BFloat16(1), count: count)
    let gradient = [Float](repeating: -1, count: count)
    for _ in 0..<64 { optimizer.update(&weights, along: gradient) }
    let mean = weights.reduce(0) { $0 + Double($1.wide) } / Double(count)
    // 64 · 2⁻¹² = 2⁻⁶; five standard errors: each step's variance is p(1 − p)·2⁻¹⁴ with p = 2⁻⁵.
    let error = 5 * (64 * 0x1p-5 * 0x1p-14 / Double(count)).squareRoot()
    #expect((mean - 1 - 0x1p-6).magnitude < error)
    #expect(Set(weights.map { $0.bitPattern }).count > 1, "places are rounded apart")
  }

  @Test("hold a mean square whose steps are below half a unit in the last place")
  func meanSquare() throws {
    var optimizer = try optimizer("adam:lr=0,beta2=0.999", StorageFormat(moments: .bfloat16))
    var weights = start.map { $0.wide }
    let gradient = [Float](repeating: 1, count: count)
    for _ in 0..<1000 { optimizer.update(&weights, along: gradient) }
    let squares = try #require(optimizer.state["weights", "exp_avg_sq"])
    let mean = squares.reduce(0) { $0 + Double($1) } / Double(count)
    // 1 − 0.999¹⁰⁰⁰; a number wanders by some units of 2⁻⁹ while it follows, the mean of 5000 by a seventieth of that.
    #expect((mean - (1 - power(0.999, 1000))).magnitude < 0.001)
    #expect(squares.allSatisfy { BFloat16($0).wide == $0 })
  }

  @Test("of moments stay near the full ones", arguments: onePass + ["lamb:lr=0.01", "cautious/adamw:lr=0.01"])
  func moments(spec: String) throws {
    var full = try Optimizer<Float>(spec, from: .full, for: count)
    var packed = try optimizer(spec, StorageFormat(moments: .bfloat16))
    var (expected, found) = (start.map { $0.wide }, start.map { $0.wide })
    let first = found
    for gradient in gradients {
      full.update(&expected, along: gradient)
      packed.update(&found, along: gradient)
    }
    let norm = { (a: [Float], b: [Float]) in
      zip(a, b).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
    }
    // Moments of 8 bits: a relative error of 2⁻⁸ a number; signs (lion) and masks (cautious) fall the other way now and
    // then.
    let allowed = spec.contains("lion") || spec.contains("cautious") ? 0.15 : 0.01
    #expect(norm(expected, found) < allowed * norm(expected, first))
    #expect(expected != found)
  }

  private static let formats = [
    StorageFormat(moments: .bfloat16), StorageFormat(moments: .bfloat16, weights: .bfloat16),
    StorageFormat(moments: .bfloat16, weights: .bfloat16WithCompanion),
  ]

  @Test("go on from a saved state, and on any number of threads, to the bit", arguments: formats)
  func bits(format: StorageFormat) throws {
    let spec = "ema:decay=0.9/clip:value=1/adamw:lr=linear(0.05,total=8)"
    var whole = try optimizer(spec, format)
    var (weights, packed) = (start.map { $0.wide }, start)
    func step(_ optimizer: inout Optimizer<Float>, _ weights: inout [Float], _ packed: inout [BFloat16], _ index: Int) {
      if format.weights == .full {
        optimizer.update(&weights, along: gradients[index])
      } else {
        optimizer.update(&packed, along: gradients[index])
      }
    }
    for index in 0..<4 { step(&whole, &weights, &packed, index) }
    var resumed = try optimizer(spec, format, on: DispatchLoop(workerCount: 3))
    try resumed.restore(whole.state)
    let copy = whole
    var (otherWeights, otherPacked) = (weights, packed)
    for index in 4..<8 { step(&resumed, &otherWeights, &otherPacked, index) }
    for index in 4..<8 { step(&whole, &weights, &packed, index) }
    #expect(weights == otherWeights && packed == otherPacked)
    #expect(whole.state == resumed.state)
    #expect(copy.stepCount == 4 && copy.state != whole.state)
  }

  @Test("keep what they hold when a knob is set, and refuse halves that are none")
  func changes() throws {
    var packed = try optimizer("adamw:lr=0.01", StorageFormat(moments: .bfloat16, weights: .bfloat16WithCompanion))
    var halves = start
    packed.update(&halves, along: gradients[0])
    let before = packed.state
    try packed.set("lr", to: 0.02)
    #expect(packed.state == before)
    var damaged = before
    let place = try #require(damaged.tensors.firstIndex { $0.part == "weights_low" })
    damaged.tensors[place].values[7] = 0.5
    #expect(throws: StateError.self) { try packed.restore(damaged) }
    #expect(packed.state == before)
  }

  @Test(
    "are refused where a strip at a time is not enough",
    arguments: [
      ("muon", StorageFormat(moments: .bfloat16), "muon looks at whole matrices"),
      ("mars", StorageFormat(moments: .bfloat16), "mars looks at its state outside"),
      ("schedule-free-sgd", StorageFormat(moments: .bfloat16), "schedule-free-sgd looks at its state outside"),
      ("lamb", StorageFormat(weights: .bfloat16), "lamb takes more than one pass"),
      ("cautious/adamw", StorageFormat(weights: .bfloat16), "cautious/adamw takes more than one pass"),
      ("lookahead/adamw", StorageFormat(weights: .bfloat16), "lookahead/adamw takes more than one pass"),
      ("sam/sgd", StorageFormat(weights: .bfloat16WithCompanion), "sam/sgd takes more than one pass"),
    ])
  func refusals(spec: String, format: StorageFormat, message: String) throws {
    do {
      _ = try optimizer(spec, format)
      Issue.record("\(spec) is taken")
    } catch let error as SpecError { #expect(error.description.hasPrefix(message), "\(error)") }
  }

  @Test("of many weights allocate nothing in a step", arguments: ["adamw", "sgd:lr=0.1,momentum=0.9"], [2, 200])
  func allocations(spec: String, count: Int) throws {
    let parameters = (0..<count).map { Parameter("\($0)", [3]) }
    var optimizer = try Optimizer<Float>(
      spec, from: .full, for: parameters, storing: StorageFormat(weights: .bfloat16))
    var weights = start, gradient = gradients[0]
    weights.withUnsafeMutableBufferPointer { weights in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let w = weights.baseAddress, let g = gradient.baseAddress else { return }
        let tensors = parameters.indices.map {
          PackedTensorPointers(weights: w + 3 * $0, gradient: UnsafePointer(g + 3 * $0))
        }
        tensors.withUnsafeBufferPointer { tensors in
          optimizer.update(packed: tensors)
          guard let count = AllocationCounter.count({ for _ in 0..<3 { optimizer.update(packed: tensors) } })
          else { return }
          #expect(count == 0)
        }
      }
    }
  }
}
