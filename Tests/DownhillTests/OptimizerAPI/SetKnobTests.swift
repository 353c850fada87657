import Downhill
import DownhillBase
import DownhillMatrix
import Testing

@Suite("A knob that is set between steps")
struct SetKnobTests {
  @Test("holds from the next step on")
  func rate() throws {
    var optimizer = try Optimizer<Double>("sgd:lr=1", for: 1)
    var weights = [0.0]
    optimizer.update(&weights, along: [1])
    try optimizer.set("lr", to: 0.25)
    #expect(weights == [-1] && optimizer.stepCount == 1)
    optimizer.update(&weights, along: [1])
    #expect(weights == [-1.25] && optimizer.stepCount == 2)
    #expect(optimizer.spec.description == "sgd:lr=0.25")
  }

  @Test(
    "keeps the state to the bit",
    arguments: ["adamw", "cautious/adam:amsgrad=true", "rmsprop:centered=true,momentum=0.5"])
  func state(spec: String) throws {
    var walk = Walk<Float>(try Catalogue.full.parse(spec), [[33], [4, 5]])
    walk.steps(along: SampleData.gradients(53))
    let before = walk.optimizer.state
    try walk.change { try $0.set("lr", to: 0.5) }
    try walk.change { try $0.set("eps", to: .linear(1e-3, total: 9, final: 0)) }
    #expect(difference(walk.optimizer.state, before) == nil)
    #expect(walk.optimizer.parameters.map { $0.shape } == [[33], [4, 5]])
  }

  /// Momentum and AMSGrad keep a part each that a rule without them has not.
  @Test("brings a part of the state into being, as in a first step, and ends it")
  func parts() throws {
    var optimizer = try Optimizer<Double>("sgd:lr=1", for: 1)
    var weights = [0.0]
    optimizer.update(&weights, along: [4])
    #expect(optimizer.partNames == [])
    try optimizer.set("momentum", to: 0.5)
    #expect(optimizer.partNames == ["momentum_buffer"] && optimizer.state["weights", "momentum_buffer"] == [0])
    optimizer.update(&weights, along: [4])
    optimizer.update(&weights, along: [4])
    #expect(weights == [-14] && optimizer.state["weights", "momentum_buffer"] == [6])
    try optimizer.set("momentum", to: 0)
    #expect(optimizer.partNames == [] && optimizer.state.tensors.isEmpty)
    optimizer.update(&weights, along: [4])
    #expect(weights == [-18] && optimizer.stepCount == 4)
  }

  @Test("takes flags as 0 or 1, whole numbers, and the positions of choices")
  func kinds() throws {
    var optimizer = try Optimizer<Float>("muon", from: .full, for: [3, 4])
    try optimizer.set("nesterov", to: 0)
    try optimizer.set("steps", to: 7)
    try optimizer.set("orthogonalizer", to: 2)
    #expect(optimizer.spec.description == "muon:nesterov=false,steps=7,orthogonalizer=polar-express")
    try optimizer.set("nesterov", to: 1)
    try optimizer.set("steps", to: .constant(5))
    try optimizer.set("orthogonalizer", to: 0)
    #expect(optimizer.spec.description == "muon")
  }

  private static let names = "; there are: lr, momentum, dampening, nesterov, weight-decay"

  /// Spec, state and the next step are those of an optimizer that nobody tried to change.
  @Test(
    "to what it cannot be throws, and nothing has changed",
    arguments: [
      ("sgd:lr=0.5", "learning-rate", 1.0, "sgd: unknown knob \"learning-rate\"\(names)"),
      ("sgd:lr=0.5", "LR", 1, "sgd: unknown knob \"LR\"; did you mean \"lr\"?"),
      ("sgd:lr=0.5", "", 1, "sgd: unknown knob \"\"; did you mean \"lr\"?"),
      ("clip:norm=1/sgd:lr=0.5", "norm", 1, "sgd: unknown knob \"norm\"\(names)"),
      ("sgd:lr=0.5", "lr", -0.5, "sgd: lr=-0.5 is out of range [0, ∞)"),
      ("sgd:lr=0.5", "lr", .infinity, "sgd: lr=inf is out of range [0, ∞)"),
      ("sgd:lr=0.5", "lr", .nan, "sgd: lr=nan is out of range [0, ∞)"),
      ("adamw:lr=0.5", "beta1", 1, "adamw: beta1=1.0 is out of range [0, 1)"),
      ("sgd:lr=0.5", "nesterov", 1, "sgd: nesterov wants momentum above 0 and dampening 0"),
      ("sgd:momentum=0.9,nesterov=true", "momentum", 0, "sgd: nesterov wants momentum above 0 and dampening 0"),
      ("muon:steps=4", "steps", 2.5, "muon: steps=2.5 is not a whole number"),
      ("muon:nesterov=false", "nesterov", 0.5, "muon: nesterov=0.5 is not a whole number"),
      ("muon:steps=4", "nesterov", 2, "muon: nesterov=2.0 is out of range [0, 1]"),
      ("muon:scale=none", "scale", 4, "muon: scale=4.0 is out of range [0, 3]"),
      ("muon:scale=none", "scale", 0.5, "muon: scale=0.5 is not a whole number"),
    ])
  func refused(spec: String, knob: String, value: Double, message: String) throws {
    let gradients: [[Float]] = SampleData.gradients(12)
    var walk = Walk<Float>(try Catalogue.full.parse(spec), [[4, 3]])
    walk.steps(along: gradients[..<2])
    var untouched = walk
    #expect(refusal { try walk.change { try $0.set(knob, to: value) } } == message)
    #expect(difference(walk.optimizer.spec, untouched.optimizer.spec) == nil)
    try walk.change { try $0.set("weight-decay", to: $0.spec.value(of: "weight-decay")) }
    walk.steps(along: gradients[2...])
    untouched.steps(along: gradients[2...])
    #expect(difference(walk.weights, untouched.weights) == nil)
    #expect(walk.optimizer.state == untouched.optimizer.state)
  }

  @Test("in a spec throws alike, and leaves the spec as it was")
  func spec() throws {
    var spec = try Catalogue.full.parse("sgd:lr=0.5")
    #expect(refusal { try spec.set("nesterov", to: 1) } == "sgd: nesterov wants momentum above 0 and dampening 0")
    #expect(
      refusal { try spec.set("nesterov", to: .linear(1, total: 3, final: 0)) } == "sgd: nesterov takes no schedule")
    #expect(refusal { try spec.set("momentum", to: -1) } == "sgd: momentum=-1.0 is out of range [0, ∞)")
    #expect(spec.description == "sgd:lr=0.5")
    try spec.set("momentum", to: 0.9)
    try spec.set("nesterov", to: 1)
    #expect(spec.description == "sgd:lr=0.5,momentum=0.9,nesterov=true")
  }
}
