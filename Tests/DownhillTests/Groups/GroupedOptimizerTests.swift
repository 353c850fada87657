import Downhill
import DownhillBase
import DownhillMatrix
import DownhillThreads
import Foundation
import TestSupport
import Testing

/// Tests/Fixtures/groups.json, written by Tools/golden/groups.py.
private struct GroupsFixture: Decodable {
  let shapes: [String: [Int]]
  let bound: Double
  let initial: [String: [Double]]
  let gradients: [[String: [Double]]]
  let weights: [[String: [Double]]]

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    self = try JSONDecoder().decode(
      Self.self, from: try Data(contentsOf: tests.appending(path: "Fixtures/groups.json")))
  }

  /// In the order of names, with the roles that the names tell.
  var parameters: [Parameter] {
    let sorted = shapes.sorted { $0.key < $1.key }.map { (name: $0.key, shape: Shape($0.value)) }
    return zip(sorted, ParameterRole.inferred(for: sorted)).map { Parameter($0.0.name, $0.0.shape, role: $0.1) }
  }
}

@Suite("Optimizers of several groups")
struct GroupedOptimizerTests {
  private let fixture: GroupsFixture

  init() throws { fixture = try GroupsFixture() }

  private func plan(clip: String = "clip:global-norm=3/") throws -> OptimizerPlan {
    try OptimizerPlan(
      [
        "role=hidden: \(clip)sgd:lr=0.1,momentum=0.9", "role=embedding: frozen", "name=*.bias,decay=0:",
        "role=head,rate=0.5,decay=2:",
      ], rest: "\(clip)adamw:lr=0.01,weight-decay=0.1", from: .full)
  }

  @Test("follow PyTorch's parameter groups, clipped by one norm over all of them")
  func reference() throws {
    var optimizer = GroupedOptimizer<Double>(try plan(), for: fixture.parameters, on: .allCores)
    var weights = fixture.initial
    for (step, gradients) in fixture.gradients.enumerated() {
      optimizer.update(&weights, along: gradients)
      for (name, expected) in fixture.weights[step] {
        let found = try #require(weights[name])
        // A dozen steps of a few roundings each.
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-14, "\(name) at step \(step)") }
      }
    }
    #expect(optimizer.stepCount == fixture.gradients.count)
    #expect(weights["wte.weight"] == fixture.initial["wte.weight"])
  }

  @Test("move each group as an optimizer of its own does, to the bit, where nothing is shared")
  func apart() throws {
    var grouped = GroupedOptimizer<Float>(try plan(clip: "clip:norm=0.5/"), for: fixture.parameters)
    let alone = [
      ("h.0.fc.weight", "clip:norm=0.5/sgd:lr=0.1,momentum=0.9"),
      ("h.0.fc.bias", "clip:norm=0.5/adamw:lr=0.01,weight-decay=0"),
      ("lm_head.weight", "clip:norm=0.5/adamw:lr=0.005,weight-decay=0.2"),
    ]
    var singles = try alone.map { name, spec in
      try Optimizer<Float>(spec, for: [name: Shape(try #require(fixture.shapes[name]))])
    }
    var weights = fixture.initial.mapValues { $0.map { Float($0) } }
    var others = weights
    for gradients in fixture.gradients {
      let gradients = gradients.mapValues { $0.map { Float($0) } }
      grouped.update(&weights, along: gradients)
      for place in singles.indices { singles[place].update(&others, along: gradients) }
    }
    #expect(weights == others)
  }

  @Test("by pointers is the same as by name, whatever the number of threads")
  func pointers() throws {
    var byName = GroupedOptimizer<Double>(try plan(), for: fixture.parameters)
    var byPointer = GroupedOptimizer<Double>(try plan(), for: fixture.parameters, on: .allCores)
    var weights = fixture.initial
    var flat = fixture.parameters.flatMap { fixture.initial[$0.name] ?? [] }
    for gradients in fixture.gradients {
      byName.update(&weights, along: gradients)
      let gradient = fixture.parameters.flatMap { gradients[$0.name] ?? [] }
      flat.withUnsafeMutableBufferPointer { flat in
        gradient.withUnsafeBufferPointer { gradient in
          guard let w = flat.baseAddress, let g = gradient.baseAddress else { return }
          var (tensors, start) = ([TensorPointers<Double>](), 0)
          for parameter in fixture.parameters {
            tensors.append(TensorPointers(weights: w + start, gradient: g + start))
            start += parameter.shape.count
          }
          tensors.withUnsafeBufferPointer { byPointer.update($0) }
        }
      }
    }
    #expect(flat == fixture.parameters.flatMap { weights[$0.name] ?? [] })
    #expect(byName.states == byPointer.states)
  }

  /// Without optimisation the compiler itself allocates for the wrappers' closures.
  @Test("allocate nothing in a step, and a copy only in its first", .enabled(if: !_isDebugAssertConfiguration()))
  func allocations() throws {
    let plan = try OptimizerPlan(
      ["role=bias: clip:global-norm=1/sgd:lr=0.1"], rest: "clip:global-norm=1/adamw", from: .full)
    let parameters = (0..<200).map { Parameter("\($0)", [3], role: $0 % 2 == 0 ? .bias : .hidden) }
    var optimizer = GroupedOptimizer<Float>(plan, for: parameters)
    var numbers = SampleData.weights(600, as: Float.self), gradient = SampleData.gradient(600, step: 0, as: Float.self)
    numbers.withUnsafeMutableBufferPointer { numbers in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let w = numbers.baseAddress, let g = gradient.baseAddress else { return }
        let tensors = parameters.indices.map {
          TensorPointers(weights: w + 3 * $0, gradient: UnsafePointer(g + 3 * $0))
        }
        tensors.withUnsafeBufferPointer { tensors in
          optimizer.update(tensors)
          guard let count = AllocationCounter.count({ for _ in 0..<3 { optimizer.update(tensors) } }) else { return }
          #expect(count == 0)
          var copy = optimizer
          copy.update(tensors)
          #expect(AllocationCounter.count { copy.update(tensors) } == 0)
        }
      }
    }
  }

  @Test("go on from their states, and refuse those of others")
  func states() throws {
    let plan = try plan()
    var whole = GroupedOptimizer<Double>(plan, for: fixture.parameters)
    var weights = fixture.initial
    for gradients in fixture.gradients.prefix(5) { whole.update(&weights, along: gradients) }
    var (resumed, other) = (GroupedOptimizer<Double>(plan, for: fixture.parameters), weights)
    try resumed.restore(whole.states)
    for gradients in fixture.gradients.dropFirst(5) {
      whole.update(&weights, along: gradients)
      resumed.update(&other, along: gradients)
    }
    #expect(other == weights && resumed.states == whole.states)

    let before = resumed.states
    #expect(
      refusal { try resumed.restore(Array(whole.states.dropLast())) } == "3 states for 4 groups that are not frozen")
    var states = whole.states
    states[3].stepCount = 7
    #expect(refusal { try resumed.restore(states) } == "the groups' states are of different steps: 12, 12, 12, 7")
    #expect(
      refusal { try resumed.restore(whole.states.reversed()) }
        == "parameter \"h.0.fc.weight\": the state has no momentum_buffer")
    #expect(resumed.states == before)
  }

  @Test("follow the loss together")
  func loss() throws {
    let plan = try OptimizerPlan(
      ["role=bias,rate=4:"], rest: "sgd:lr=plateau(1,patience=0,factor=0.5)", from: .full)
    var optimizer = GroupedOptimizer<Double>(plan, for: [Parameter("w", [1]), Parameter("b", [1], role: .bias)])
    var weights = ["w": [0.0], "b": [0.0]]
    for _ in 0..<3 {
      optimizer.update(&weights, along: ["w": [-1], "b": [-1]])
      optimizer.report(loss: 1)
    }
    #expect(weights == ["w": [2.5], "b": [10]])
  }

  @Test("do nothing where all is frozen or nothing is there")
  func nothing() throws {
    let frozen = try OptimizerPlan([], rest: "frozen", from: .full)
    var optimizer = GroupedOptimizer<Float>(frozen, for: [Parameter("w", [1])])
    var weights: [String: [Float]] = ["w": [1]]
    optimizer.update(&weights, along: [:])
    #expect(weights == ["w": [1]] && optimizer.optimizers.isEmpty)
    var empty = GroupedOptimizer<Float>(try plan(), for: [])
    empty.update(&weights, along: [:])
    #expect(empty.stepCount == 1)
  }
}
