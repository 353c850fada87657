import Downhill
import DownhillBase
import DownhillFiles
import DownhillMatrix
import TestSupport
import Testing

/// Specs at random from the catalogue: wrappers, schedules of every kind, a rule with some knobs away from its defaults.
private struct CompositionGenerator {
  private var random: FuzzGenerator

  init(seed: UInt64) { random = FuzzGenerator(seed: seed) }

  mutating func composition() -> String {
    while true {
      let count = Int.random(in: 0...3, using: &random)
      let wrappers = (0..<count).compactMap { _ in Catalogue.full.wrappers.randomElement(using: &random) }
      guard let rule = Catalogue.full.rules.randomElement(using: &random) else { continue }
      let text = (wrappers.map { stage($0) } + [stage(rule)]).joined(separator: "/")
      // What does not go together is drawn again.
      if (try? Catalogue.full.parse(text)) != nil { return text }
    }
  }

  private mutating func stage(_ entry: some SpecEntry) -> String {
    let settings = entry.knobs.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      .map { "\($0.name)=\(value(of: $0))" }
    return settings.isEmpty ? entry.name.description : "\(entry.name):" + settings.joined(separator: ",")
  }

  private mutating func value(of knob: KnobDescription) -> String {
    switch knob.kind {
    case .flag: return ["true", "false"].randomElement(using: &random) ?? "true"
    case .choice(let names): return names.randomElement(using: &random)?.description ?? ""
    case .extent: return "\(Int.random(in: 1...32, using: &random))"
    case .integer: return "\(Int(knob.range.minimum) + Int.random(in: 1...4, using: &random))"
    case .number:
      let value = max(knob.range.minimum, [0.25, 0.5, 0.875, 0.9375].randomElement(using: &random) ?? 0.5)
      return [
        "\(value)", "cosine(\(value),total=9)", "linear(\(value),total=12,final=0.5,warmup=3)",
        "step(\(value),every=3)",
        "join(constant(\(value)),4,cyclic(\(value),base=\(value / 2),step-size-up=2))",
        "plateau(\(value),patience=1,factor=0.75,cooldown=1)", "one-cycle(\(value),total=14)",
      ].randomElement(using: &random) ?? ""
    }
  }
}

@Suite("The state of any composition")
struct StateCompositionTests {
  private static let compositions: [String] = {
    var generator = CompositionGenerator(seed: 4)
    return (0..<30).map { _ in generator.composition() }
  }()

  private static let shapes: [String: Shape] = ["layer.weight": [3, 4], "layer.bias": [3], "scale": [1]]

  private static func weights<Scalar: WeightScalar>(_: Scalar.Type) -> [String: [Scalar]] {
    shapes.mapValues { shape in (0..<shape.count).map { Scalar(nearest: 1 + Double($0) / 7) } }
  }

  private static func gradients<Scalar: WeightScalar>(_ step: Int, _: Scalar.Type) -> [String: [Scalar]] {
    let random = CounterRandom(seed: 9, stream: UInt64(step))
    return shapes.mapValues { shape in
      (0..<shape.count).map { Scalar(nearest: random.normal(at: UInt64(shape.dimensions.count * 100 + $0))) }
    }
  }

  private static func loss(_ step: Int) -> Double { [4, 3, 3, 3.5, 3, 2, 2, 2.5][step % 8] }

  @Test("saved at a step goes on to the bit", arguments: compositions)
  func resume(spec: String) throws {
    try resume(spec, Float.self)
    try resume(spec, Double.self)
  }

  private func resume<Scalar: WeightScalar & TensorElement>(_ spec: String, _: Scalar.Type) throws {
    let folder = try TemporaryFolder()
    let saved = Self.compositions.firstIndex(of: spec).map { 1 + $0 % 9 } ?? 4
    var whole = try Optimizer<Scalar>(spec, from: .full, for: Self.shapes)
    var weights = Self.weights(Scalar.self)
    func step(_ optimizer: inout Optimizer<Scalar>, _ weights: inout [String: [Scalar]], _ step: Int) {
      optimizer.update(&weights, along: Self.gradients(step, Scalar.self))
      optimizer.report(loss: Self.loss(step))
    }
    for count in 0..<saved { step(&whole, &weights, count) }
    try whole.saveState(to: folder.file("state"))
    var resumed = try Optimizer<Scalar>(spec, from: .full, for: Self.shapes)
    try resumed.loadState(from: folder.file("state"))
    #expect(resumed.state == whole.state)
    var other = weights
    for count in saved..<saved + 8 {
      step(&whole, &weights, count)
      step(&resumed, &other, count)
    }
    for (name, values) in weights {
      #expect(values.map { $0.wide.bitPattern } == other[name]?.map { $0.wide.bitPattern }, "\(name)")
    }
    #expect(weights != Self.weights(Scalar.self))
    try whole.saveState(to: folder.file("whole"))
    try resumed.saveState(to: folder.file("resumed"))
    #expect(try FileBytes(contentsOf: folder.file("whole")) == FileBytes(contentsOf: folder.file("resumed")))
  }

  /// Each tensor in turn is taken away, given another shape, another name or another type.
  @Test("that was damaged is refused, with the difference named", arguments: compositions)
  func damaged(spec: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    var optimizer = try Optimizer<Float>(spec, from: .full, for: Self.shapes)
    var weights = Self.weights(Float.self)
    for step in 0..<3 { optimizer.update(&weights, along: Self.gradients(step, Float.self)) }
    try optimizer.saveState(to: path)
    let file = try SafetensorsFile(contentsOf: path)
    let before = optimizer.state
    func expectRefusal(_ tensors: [TensorData], _ metadata: [String: String]? = nil, naming parts: String...) throws {
      try SafetensorsFile(tensors, metadata: metadata ?? file.metadata).write(to: path)
      let message = thrownMessage { try optimizer.loadState(from: path) } ?? "accepted"
      for part in parts { #expect(message.contains(part), "\(message)") }
      #expect(optimizer.state == before)
    }
    for (place, tensor) in file.tensors.enumerated() {
      let cut = try #require(tensor.name.lastIndex(of: "/"))
      let (parameter, part) = (String(tensor.name[..<cut]), String(tensor.name[tensor.name.index(after: cut)...]))
      var tensors = file.tensors
      tensors.remove(at: place)
      try expectRefusal(tensors, naming: "\"\(parameter)\"", "there is no \(part)")
      let values = try tensor.values(as: Float.self)
      for (changed, found) in [
        (try TensorData(name: tensor.name, shape: tensor.shape + [1], values: values), "has shape"),
        (try TensorData(name: tensor.name, shape: tensor.shape, values: values.map { Double($0) }), "type is F64"),
        (try TensorData(name: "\(parameter)/other", shape: tensor.shape, values: values), "there is no \(part)"),
      ] { try expectRefusal(tensors + [changed], naming: part, found) }
    }
    let stranger = try TensorData(name: "stranger/exp_avg", shape: [1], values: [1 as Float])
    try expectRefusal(file.tensors + [stranger], naming: "stranger/exp_avg, which the optimizer does not move")
    var metadata = file.metadata
    metadata["version"] = "7"
    try expectRefusal(file.tensors, metadata, naming: "version 7; this release reads 1")
    metadata = file.metadata
    metadata["optimizer.0"] = "none"
    try expectRefusal(file.tensors, metadata, naming: "state of none, but the optimizer is")
    for key in file.metadata.keys where key.hasPrefix("plateau.") {
      metadata = file.metadata
      metadata[key] = nil
      try expectRefusal(file.tensors, metadata, naming: "does not say how far the plateau of \(key.dropFirst(10)) has")
    }
  }
}
