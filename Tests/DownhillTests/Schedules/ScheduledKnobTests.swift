import Downhill
import DownhillBase
import DownhillMatrix
import Testing

/// A schedule drives any numeric knob: a step under it is the step of a rule with the knob at that value.
@Suite("A scheduled knob")
struct ScheduledKnobTests {
  /// Two values of each numeric knob of each rule, with what else the knob wants to matter.
  private static let knobs: [(rule: String, knob: String, values: [Double])] = Catalogue.full.rules.flatMap { rule in
    rule.knobs.filter { $0.isSchedulable }.map { knob in
      (rule.name.description, knob.name.description, values(of: knob, in: rule))
    }
  }

  private static func values(of knob: KnobDescription, in rule: RuleEntry) -> [Double] {
    // Below 0.67 it never trusts the root.
    if rule.name.description == "radam" && knob.name.description == "beta2" { return [0.875, 0.9375] }
    // The least norm of a matrix: beyond that of any here.
    if !rule.isElementwise && knob.name.description == "eps" { return [0.25, 4096] }
    if knob.range.maximum <= 0 { return [-0.75, -0.25] }
    return knob.range.maximum <= 1 ? [0.25, 0.625] : [max(0.25, knob.range.minimum), 1.5]
  }

  @Test("of a rule moves the weights as one that is set by hand between the steps", arguments: knobs)
  func rule(rule: String, knob: String, values: [Double]) throws {
    try compare(rule, knob, values, Float.self)
    try compare(rule, knob, values, Double.self)
  }

  private func compare<Scalar: WeightScalar>(
    _ rule: String, _ knob: String, _ values: [Double], _: Scalar.Type
  ) throws {
    let shapes: [Shape] = [[7, 5], [40]]
    let gradients = SampleData.gradients(75, as: Scalar.self)
    // With momentum, so that what it is damped by matters; steps that meet a bound, or do not; a rate whose powers differ.
    let more =
      switch rule {
      case "sgd" where knob != "momentum": ",momentum=0.5"
      case "rprop" where knob != "lr": ",lr=1"
      case "schedule-free-sgd" where knob != "lr": ",lr=0.5"
      case "prodigy" where knob != "d-coef": ",d-coef=4"
      case "soap": ",precondition-frequency=1"
      case "shampoo" where knob.hasPrefix("grafting"): ",grafting=adam"
      case "steepest" where knob == "p": ",norm=schatten-p"
      case "steepest" where knob == "eps": ",norm=spectral,orthogonalizer=quintic"
      case "sophia": knob == "gamma" ? ",interval=1" : ",gamma=30,interval=1"
      default: ""
      }
    let spec = { (value: String) in try Catalogue.full.parse("\(rule):\(knob)=\(value)\(more)") }
    var byHand = Walk<Scalar>(try spec("\(values[0])"), shapes)
    var unchanged = byHand
    var scheduled = Walk<Scalar>(try spec("join(constant(\(values[0])),3,constant(\(values[1])))"), shapes)
    for (step, gradient) in gradients.enumerated() {
      if step == 3 { try byHand.change { try $0.set(knob, to: values[1]) } }
      byHand.step(along: gradient)
      scheduled.step(along: gradient)
      unchanged.step(along: gradient)
      #expect(difference(scheduled.weights, byHand.weights) == nil, "\(rule):\(knob), step \(step)")
    }
    // What a sum begins with does not matter once it has begun, nor what a step of its own does.
    let isSpent =
      ["initial-accumulator-value", "precondition-init", "init-factor"].contains(knob)
      || "\(rule):\(knob)" == "rprop:lr"
    #expect((difference(scheduled.weights, unchanged.weights) == nil) == isSpent, "\(rule):\(knob) has no effect")
  }

  private static let wrapperKnobs = Catalogue.full.wrappers.flatMap { wrapper in
    wrapper.knobs.filter { $0.isSchedulable }.map { (wrapper.name.description, $0.name.description) }
  }

  @Test("of a wrapper moves the weights as another wrapper that takes over the state", arguments: wrapperKnobs)
  func wrapper(wrapper: String, knob: String) throws {
    #expect(Self.wrapperKnobs.count >= 3)
    // Seen with matrices, or after hundreds of steps, only.
    if wrapper == "cpr" || (wrapper, knob) == ("agc", "eps") { return }
    let spec = { (value: String) in try Catalogue.full.parse("\(wrapper):\(knob)=\(value)/adamw") }
    let gradients: [[Float]] = SampleData.gradients(75)
    var scheduled = Walk<Float>(try spec("join(constant(0.75),3,constant(0.25))"), [[35], [40]])
    var second = Walk<Float>(try spec("0.25"), [[35], [40]])
    var first = Walk<Float>(try spec("0.75"), [[35], [40]])
    first.steps(along: gradients[..<3])
    second.weights = first.weights
    try second.restore(first.optimizer.state)
    second.steps(along: gradients[3...])
    scheduled.steps(along: gradients)
    #expect(difference(scheduled.weights, second.weights) == nil)
    first.steps(along: gradients[3...])
    // Averages are beside the weights.
    let states = (scheduled.optimizer.state, first.optimizer.state)
    #expect(difference(scheduled.weights, first.weights) != nil || difference(states.0, states.1) != nil)
  }

  /// SGD's step is the rate times the gradient, so that the weights show the schedule itself.
  @Test("takes the value of step 0 at the first step, and goes on from a saved state")
  func steps() throws {
    let schedule = Schedule.warmup(steps: 3, .cosine(0.5, total: 5, final: 0.25))
    var optimizer = try Optimizer<Double>("sgd", for: 1)
    try optimizer.set("lr", to: schedule)
    var weights = [0.0]
    for step in 0..<12 {
      if step == 6 {
        let state = optimizer.state
        optimizer = try Optimizer(optimizer.spec.description, for: 1)
        try optimizer.restore(state)
      }
      let before = weights[0]
      optimizer.update(&weights, along: [-1])
      #expect(weights[0] == before + schedule.value(at: step), "step \(step)")
    }
  }

  @Test("that is put on in the middle of a run counts from the optimizer's first step; a number ends it")
  func late() throws {
    var optimizer = try Optimizer<Double>("sgd:lr=1", for: 1)
    var weights = [0.0]
    optimizer.update(&weights, along: [-1])
    try optimizer.set("lr", to: .linear(8, total: 8, final: 0))
    optimizer.update(&weights, along: [-1])
    #expect(weights == [8])
    try optimizer.set("lr", to: 2)
    optimizer.update(&weights, along: [-1])
    #expect(weights == [10])
    #expect(optimizer.spec.description == "sgd:lr=2")
  }
}
