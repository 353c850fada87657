import Downhill
import DownhillBase
import DownhillFiles
import DownhillKernels
import TestSupport
import Testing

@Suite("Replaying recorded gradients")
struct ReplayTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Every rule with knobs away from their defaults, wrappers, and schedules.
  static let specs = [
    "sgd:lr=0.1", "sgd:lr=0.1,momentum=0.9,nesterov=true,weight-decay=0.01", "adagrad:lr=0.05,lr-decay=0.1,eps=1e-3",
    "adadelta:rho=0.8,eps=1e-4", "rmsprop:lr=0.01,rho=0.8,centered=true,momentum=0.5", "adam:lr=0.01,amsgrad=true",
    "adamw:lr=0.01,beta1=0.8,weight-decay=0.1,decay=after", "lamb:lr=0.01", "lion:lr=0.01,weight-decay=0.1",
    "sign-sgd:lr=0.01", "novograd:lr=0.01", "rprop", "clip:global-norm=0.5/cautious/adamw:lr=0.01",
    "clip:norm=0.5/sgd:lr=0.1",
    "adam:lr=cosine(0.1,warmup=2,total=6,final=0.1)",
  ]

  private func replay(_ spec: String, _ more: [String] = []) async throws -> JSONValue {
    try await json(
      ["replay", "--optimizer", spec, "--weights", "W", "--gradients", "G", "--out", "O"] + more, in: folder.path)
  }

  private func write<Scalar>(_ recording: Recording<Scalar>, _ more: [TensorData] = []) throws {
    try recording.weightsFile(more).write(to: folder.file("W"))
    try recording.gradientsFile(0..<recording.gradients.count).write(to: folder.file("G"))
  }

  /// The tensors that were written.
  private var result: [TensorData] { get throws { try SafetensorsFile(contentsOf: folder.file("O")).tensors } }

  @Test("gives the bits of the library's steps", arguments: specs, [ElementType.float32, .float64])
  func library(spec: String, type: ElementType) async throws {
    func check<Scalar: WeightScalar & TensorElement>(_: Scalar.Type) async throws {
      let recording = Recording<Scalar>(oddShapes, steps: 7, seed: 1)
      try write(recording)
      let summary = try await replay(spec)
      #expect(try summary["steps"].double == 7)
      #expect(try summary["moved"].elements == oddShapes.map { .text($0.name) } && summary["copied"] == .array([]))
      let result = try SafetensorsFile(contentsOf: folder.file("O"))
      #expect(try result.tensors == recording.tensors(of: recording.steppedByLibrary(spec)))
      let unmoved = try zip(result.tensors, recording.tensors(of: recording.start)).filter { $0 == $1 }
      #expect(unmoved.map { $0.0.name } == ["empty"])
      #expect(try folder.names == ["G", "O", "W"])
    }
    if type == .float32 { try await check(Float.self) } else { try await check(Double.self) }
  }

  @Test("does what the equation says")
  func byHand() async throws {
    try SafetensorsFile([TensorData(name: "w", shape: [2], values: [1.0, -2.0])]).write(to: folder.file("W"))
    let gradients = try [[0.5, 1.0], [-1.0, 0.25]].enumerated().map {
      try TensorData(name: "w@\($0.offset)", shape: [2], values: $0.element)
    }
    // In any order of the file.
    try SafetensorsFile(gradients.reversed()).write(to: folder.file("G"))
    _ = try await replay("sgd:lr=0.5,momentum=0.5")
    // Momentum: (0.5, 1), then 0.5·(0.5, 1) + (−1, 0.25) = (−0.75, 0.75).
    let result = try SafetensorsFile(contentsOf: folder.file("O")).values(of: "w", as: Double.self)
    #expect(result == [1 - 0.25 + 0.375, -2 - 0.5 - 0.375])
  }

  @Test("copies what has no gradients, of any type, with the metadata")
  func copies() async throws {
    let recording = Recording<Float>([("w", [3])], steps: 2, seed: 2)
    let others = [
      try TensorData(name: "steps", shape: [], values: [Int64(7)]),
      try TensorData(name: "frozen", shape: [2, 1], values: [1.0, .nan]),
      try TensorData(name: "half", type: .bfloat16, shape: [2], bytes: FileBytes([1, 2, 3, 4])),
    ]
    try write(recording, others)
    let summary = try await replay("adam")
    #expect(try summary["copied"].elements == [.text("steps"), .text("frozen"), .text("half")])
    let result = try SafetensorsFile(contentsOf: folder.file("O"))
    #expect(Array(result.tensors.dropFirst()) == others)
    #expect(result.metadata == ["format": "pt"])
    #expect(try Array(result.tensors.prefix(1)) == recording.tensors(of: recording.steppedByLibrary("adam")))
  }

  @Test("of the first steps applies those")
  func firstSteps() async throws {
    let recording = Recording<Double>(oddShapes, steps: 5, seed: 3)
    try write(recording)
    for steps in [0, 1, 4, 5] {
      #expect(try await replay("adam:lr=0.1", ["--steps", "\(steps)"])["steps"].double == Double(steps))
      let expected = try recording.steppedByLibrary("adam:lr=0.1", steps: steps)
      #expect(try result == recording.tensors(of: expected))
    }
  }

  @Test("may replace the file of the weights, and writes the averaged ones where that is asked for")
  func places() async throws {
    let recording = Recording<Double>(oddShapes, steps: 3, seed: 4)
    try write(recording)
    let arguments = ["replay", "--optimizer", "adam", "--weights", "W", "--gradients", "G", "--out", "W"]
    let text = try await output(arguments + ["--evaluation-out", "E"], in: folder.path)
    #expect(text == "3 steps; \(oddShapes.count) tensors moved, 0 copied as they were\n")
    let found = try SafetensorsFile(contentsOf: folder.file("W"))
    #expect(try found.tensors == recording.tensors(of: recording.steppedByLibrary("adam")))
    #expect(try SafetensorsFile(contentsOf: folder.file("E")) == found)
    #expect(try folder.names == ["E", "G", "W"])
  }

  @Test("writes the weights to evaluate apart, where a rule averages", arguments: ["schedule-free-adamw", "asgd:t0=1"])
  func evaluationOutput(_ spec: String) async throws {
    let recording = Recording<Double>(oddShapes, steps: 4, seed: 9)
    try write(recording)
    _ = try await replay(spec, ["--evaluation-out", "E"])
    var optimizer = Optimizer<Double>(try Catalogue.full.parse(spec), for: recording.parameters)
    var weights = recording.start
    for gradient in recording.gradients { optimizer.update(&weights, along: gradient) }
    let evaluated = try recording.tensors(of: optimizer.evaluationWeights(of: weights))
    #expect(try result == recording.tensors(of: weights))
    #expect(try SafetensorsFile(contentsOf: folder.file("E")).tensors == evaluated)
    #expect(try evaluated != result)
  }

  @Test("by Adafactor and Adam-mini moves tensors of every shape", arguments: ["adafactor:lr=0.1", "adam-mini:lr=0.1"])
  func everyShape(_ spec: String) async throws {
    let recording = Recording<Float>(oddShapes, steps: 3, seed: 10)
    try write(recording)
    let summary = try await replay(spec, [])
    #expect(try result == recording.tensors(of: recording.steppedByLibrary(spec)))
    #expect(try summary["copied"].elements.isEmpty)
  }

  @Test("by Muon moves matrices, and the others by what --rest says", arguments: [nil, "adamw:lr=0.1"])
  func matrices(rest: String?) async throws {
    let recording = Recording<Double>(oddShapes, steps: 4, seed: 5)
    try write(recording)
    let summary = try await replay("muon:lr=0.1", rest.map { ["--rest", $0] } ?? [])
    let isMatrix = { (parameter: Parameter) in parameter.shape.dimensions.count == 2 }
    var expected = try recording.steppedByLibrary("muon:lr=0.1", on: .accelerated, where: isMatrix)
    if let rest { expected = try recording.steppedByLibrary(rest, from: expected) { !isMatrix($0) } }
    #expect(try result == recording.tensors(of: expected))
    #expect(try summary["copied"].elements.count == (rest == nil ? 4 : 0))
    let unmoved = expected["bias"] == recording.start["bias"]
    #expect(unmoved == (rest == nil))
  }

  @Test("by Muon over experts moves stacks of matrices too, head by head where all divide")
  func experts() async throws {
    let recording = Recording<Double>(
      [("bias", [4]), ("experts", [3, 4, 5]), ("matrix", [4, 6])], steps: 3, seed: 12)
    try write(recording)
    let summary = try await replay("muon:lr=0.1,experts=true,heads=2", [])
    let moved = { (parameter: Parameter) in parameter.shape.dimensions.count >= 2 }
    let expected = try recording.steppedByLibrary(
      "muon:lr=0.1,experts=true,heads=2", on: .accelerated, where: moved)
    #expect(try result == recording.tensors(of: expected))
    #expect(try summary["copied"].elements.count == 1)
    let refusal = try await downhill([
      "replay", "--optimizer", "muon:experts=true,heads=3", "--weights", folder.file("W"), "--gradients",
      folder.file("G"), "--out", folder.file("O"),
    ])
    #expect(refusal.status == 64)
    #expect(refusal.errors.contains("muon: heads=3 does not divide the 4 rows of experts [3, 4, 5]"))
  }

  @Test("takes --rest, unused, for a rule that moves every tensor")
  func unusedRest() async throws {
    let recording = Recording<Float>(oddShapes, steps: 2, seed: 6)
    try write(recording)
    _ = try await replay("sgd:lr=0.1", ["--rest", "adam"])
    #expect(try result == recording.tensors(of: recording.steppedByLibrary("sgd:lr=0.1")))
  }

  @Test("of an empty tensor whose other dimensions are beyond all bounds does nothing", arguments: ["muon", "lamb"])
  func emptyTensor(spec: String) async throws {
    let recording = Recording<Float>([("w", [0, 1 << 40, 1 << 40])], steps: 1, seed: 8)
    try write(recording)
    _ = try await replay(spec, ["--rest", spec])
    #expect(try result == recording.tensors(of: recording.start))
  }

  @Test("takes as many tensors as a large model has")
  func manyTensors() async throws {
    let shapes = (0..<20_000).map { (name: "layer.\($0).weight", shape: [$0 % 3 + 1]) }
    let recording = Recording<Float>(shapes, steps: 2, seed: 7)
    try write(recording)
    let summary = try await replay("clip:global-norm=1/sgd:lr=0.1")
    #expect(try summary["moved"].elements.count == 20_000)
    #expect(try result.map { $0.shape } == shapes.map { $0.shape })
    let start = try recording.tensors(of: recording.start)
    #expect(try zip(result, start).allSatisfy { $0 != $1 })
  }
}
