import Downhill
import DownhillBase
import DownhillFiles
import DownhillMatrix
import Foundation
import TestSupport
import Testing

@Suite("The state of an optimizer as a file")
struct StateFileTests {
  private let shapes: [String: Shape] = ["layer.weight": [3, 4], "layer.bias": [3], "none": [0]]

  private func weights<Scalar: WeightScalar>(_: Scalar.Type) -> [String: [Scalar]] {
    ["layer.weight": (0..<12).map { Scalar(nearest: Double($0) / 7) }, "layer.bias": [1, 2, 3], "none": []]
  }

  private func gradients<Scalar: WeightScalar>(_ step: Int, _: Scalar.Type) -> [String: [Scalar]] {
    weights(Scalar.self).mapValues { $0.enumerated().map { Scalar(nearest: Double($0.offset * step % 5) / 3 - 0.4) } }
  }

  @Test(
    "lets a run go on to the bit",
    arguments: [
      "adamw:lr=0.1", "sgd", "sgd:momentum=0.9,nesterov=true", "rmsprop:centered=true,momentum=0.5", "lion",
      "cautious/adam:amsgrad=true", "clip:global-norm=1/lamb:lr=0.1", "adadelta:lr=cosine(1,warmup=3,total=8)",
      "adagrad:initial-accumulator-value=0.5", "sgd:momentum=join(constant(0),3,constant(0.5))", "muon",
      "novograd:lr=0.1", "cautious/mars", "asgd:t0=3", "schedule-free-adamw:lr=0.1",
      "prodigy:d0=0.1", "sophia:lr=0.1", "adafactor:beta1=0.5", "cautious/adam-mini",
      "soap:precondition-frequency=2", "shampoo:block-size=2,grafting=adam", "kl-shampoo", "kron", "dion:rank=1",
      "steepest:norm=max,momentum=0.9",
    ])
  func resume(spec: String) throws {
    try resume(spec, Float.self)
    try resume(spec, Double.self)
  }

  private func resume<Scalar: WeightScalar & TensorElement>(_ spec: String, _: Scalar.Type) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    var whole = try Optimizer<Scalar>(spec, from: .full, for: shapes)
    var target = weights(Scalar.self)
    for step in 0..<4 { whole.update(&target, along: gradients(step, Scalar.self)) }
    try whole.saveState(to: path)
    var resumed = try Optimizer<Scalar>(spec, from: .full, for: shapes)
    var other = target
    try resumed.loadState(from: path)
    #expect(resumed.state == whole.state && resumed.stepCount == 4)
    for step in 4..<8 {
      whole.update(&target, along: gradients(step, Scalar.self))
      resumed.update(&other, along: gradients(step, Scalar.self))
    }
    #expect(other == target && resumed.state == whole.state)
    // The same state is the same file, and a save replaces what is there.
    try whole.saveState(to: path)
    try resumed.saveState(to: folder.file("again"))
    #expect(try FileBytes(contentsOf: path) == FileBytes(contentsOf: folder.file("again")))
    #expect(try folder.names == ["again", "state"])
  }

  @Test("is safetensors, with names that a reader in another language expects")
  func contents() throws {
    let folder = try TemporaryFolder()
    var optimizer = try Optimizer<Double>("clip:norm=1/sgd:momentum=0.5", for: ["w": [2]])
    var weights = ["w": [1.0, 2]]
    optimizer.update(&weights, along: ["w": [0.5, 0.25]])
    try optimizer.saveState(to: folder.file("state"))
    let file = try SafetensorsFile(contentsOf: folder.file("state"))
    #expect(
      file.metadata == [
        "format": "downhill-state", "version": "1", "optimizer.0": "clip:norm=1/sgd:momentum=0.5", "step.0": "1",
      ])
    #expect(file.tensors.map { $0.name } == ["w/momentum_buffer"])
    #expect(try file.values(of: "w/momentum_buffer") == [0.5, 0.25])
  }

  /// A rate may be another one when a run goes on, and wrappers keep no state.
  @Test("is taken over by the same rule with other knobs and wrappers")
  func otherKnobs() throws {
    let path = try saved("adamw:lr=0.1")
    var optimizer = try Optimizer<Float>("cautious/adamw:lr=0.5", for: shapes)
    try optimizer.loadState(from: path.file)
    #expect(optimizer.stepCount == 2 && optimizer.spec.description == "cautious/adamw:lr=0.5")
  }

  @Test("refuses a row's or a vector's part of another shape, and one that a vector has not")
  func extents() throws {
    let state = try saved("adafactor:lr=0.1")
    func expect(_ shapes: [String: Shape], _ message: String) throws {
      try expectRefusal(of: state, by: Optimizer<Float>("adafactor", from: .full, for: shapes), message)
    }
    try expect(
      ["layer.weight": [4, 3], "layer.bias": [3], "none": [0]],
      "parameter \"layer.weight\": row_var has shape [3], not [4]")
    try expect(
      ["layer.weight": [12], "layer.bias": [3], "none": [0]], "parameter \"layer.weight\": there is no variance")
  }

  /// The path of a state of two steps, and its folder.
  private func saved(_ spec: String, for shapes: [String: Shape]? = nil) throws -> (
    folder: TemporaryFolder, file: String
  ) {
    let folder = try TemporaryFolder()
    var optimizer = try Optimizer<Float>(spec, from: .full, for: shapes ?? self.shapes)
    var weights = (shapes ?? self.shapes).mapValues { [Float](repeating: 1, count: $0.count) }
    for _ in 0..<2 { optimizer.update(&weights, along: weights) }
    try optimizer.saveState(to: folder.file("state"))
    return (folder, folder.file("state"))
  }

  @Test(
    "of another rule is refused, with both named",
    arguments: [
      ("adamw:lr=0.1", "adam", "state of adamw:lr=0.1, but the optimizer is adam"),
      ("sgd", "clip:norm=1/adamw", "state of sgd, but the optimizer is clip:norm=1/adamw"),
      ("clip:norm=1/lion", "sign-sgd", "state of clip:norm=1/lion, but the optimizer is sign-sgd"),
      ("adamw", "adamw:amsgrad=true", "parameter \"layer.bias\": there is no max_exp_avg_sq"),
      ("adamw:amsgrad=true", "adamw", "the file has layer.bias/max_exp_avg_sq, which adamw does not keep"),
      ("sgd:momentum=0.9", "sgd", "the file has layer.bias/momentum_buffer, which sgd does not keep"),
    ])
  func otherRule(from: String, into: String, message: String) throws {
    try expectRefusal(of: try saved(from), by: Optimizer<Float>(into, for: shapes), message)
  }

  @Test("for other parameters is refused, with the first that differs")
  func otherParameters() throws {
    let state = try saved("adamw")
    func expect(_ shapes: [String: Shape], _ message: String) throws {
      try expectRefusal(of: state, by: Optimizer<Float>("adamw", for: shapes), message)
    }
    try expect(["layer.gain": [3]], "parameter \"layer.gain\": there is no exp_avg")
    try expect(
      ["layer.weight": [3, 4], "layer.bias": [3], "none": [0], "one": [1]], "parameter \"one\": there is no exp_avg")
    try expect(
      ["layer.weight": [4, 3], "layer.bias": [3], "none": [0]],
      "parameter \"layer.weight\": exp_avg has shape [3, 4], the weights [4, 3]")
    try expect(
      ["layer.weight": [3, 4], "none": [0]], "the file has layer.bias/exp_avg, which the optimizer does not move")
  }

  @Test("in another precision is refused")
  func otherPrecision() throws {
    let state = try saved("adamw")
    try expectRefusal(
      of: state, by: Optimizer<Double>("adamw", for: shapes),
      "tensor \"layer.bias/exp_avg\": the type is F32, expected F64")
  }

  /// The optimizer is as it was: state, step and all.
  private func expectRefusal<Scalar: WeightScalar & TensorElement>(
    of state: (folder: TemporaryFolder, file: String), by optimizer: Optimizer<Scalar>, _ message: String,
    kind: FileError.Kind = .data, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var optimizer = optimizer
    let before = optimizer.state
    #expect(
      throws: FileError(kind: kind, path: state.file, message: message), sourceLocation: sourceLocation
    ) { try optimizer.loadState(from: state.file) }
    #expect(optimizer.state == before, sourceLocation: sourceLocation)
  }

  @Test("that was cut off anywhere is refused")
  func truncated() throws {
    let state = try saved("adamw")
    let bytes = try FileBytes(contentsOf: state.file).withUnsafeBytes { [UInt8]($0) }
    for count in 0..<bytes.count {
      try state.folder.write(Array(bytes[..<count]), to: "state")
      var optimizer = try Optimizer<Float>("adamw", for: shapes)
      let message = thrownMessage { try optimizer.loadState(from: state.file) }
      if message?.hasPrefix(state.file + ": ") != true { Issue.record("\(count) bytes: \(message ?? "accepted")") }
      #expect(optimizer.stepCount == 0)
    }
  }

  @Test("that is none is refused, with what was found")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    func expect(_ metadata: [String: String], _ message: String) throws {
      let tensors = try ["exp_avg", "exp_avg_sq"].map {
        try TensorData(name: "w/\($0)", shape: [1], values: [1 as Float])
      }
      try SafetensorsFile(tensors, metadata: metadata).write(to: path)
      try expectRefusal(of: (folder, path), by: Optimizer<Float>("adamw", for: ["w": [1]]), message)
    }
    let good = ["format": "downhill-state", "version": "1", "optimizer.0": "adamw", "step.0": "3"]
    try expect([:], "not an optimizer's state: the metadata's format is not downhill-state")
    try expect(["format": "pt"], "not an optimizer's state: the metadata's format is not downhill-state")
    try expect(good.setting("version", nil), "state of version missing; this release reads 1")
    try expect(good.setting("version", "2"), "state of version 2; this release reads 1")
    let stateless = "there is no state of optimizer 0, or no count of its steps"
    for step in [nil, "", "-1", "two", "1.0", "99999999999999999999"] {
      try expect(good.setting("step.0", step), stateless)
    }
    try expect(good.setting("optimizer.0", nil), stateless)
    try expect(good.setting("step.0", "9007199254740992"), "step 9007199254740992 of a state is out of range [0, 2^53)")
    try expect(good.setting("optimizer.0", ""), "state of , but the optimizer is adamw")
    try expect(good.setting("optimizer.0", "adamw/"), "state of adamw/, but the optimizer is adamw")

    try folder.write("adamw", to: "state")
    #expect(
      thrownMessage {
        var optimizer = try Optimizer<Float>("adamw", for: 1); try optimizer.loadState(from: path)
      }
        == "\(path): 5 bytes, but a safetensors file begins with 8 bytes that give its header's length")
  }

  @Test("that is absent, or a folder, is refused, and cannot be written where no folder is")
  func absent() throws {
    let folder = try TemporaryFolder()
    let optimizer = try Optimizer<Float>("adamw", for: 1)
    expectRefusal(of: (folder, folder.file("absent")), by: optimizer, "no such file", kind: .input)
    expectRefusal(of: (folder, folder.path), by: optimizer, "is a directory, not a file", kind: .input)
    #expect(throws: FileError.self) { try optimizer.saveState(to: folder.file("none/state")) }
    #expect(try folder.names == [])
  }

  @Test("says how far a plateau has come, and a resumed one goes on from there")
  func plateau() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    let spec = "adam:lr=plateau(0.1,factor=0.7,patience=1,cooldown=2)"
    var whole = try Optimizer<Float>(spec, for: ["w": [2]])
    var weights: [String: [Float]] = ["w": [1, 2]]
    func step(_ optimizer: inout Optimizer<Float>, _ weights: inout [String: [Float]], loss: Double) {
      optimizer.update(&weights, along: weights)
      optimizer.report(loss: loss)
    }
    for count in 0..<6 { step(&whole, &weights, loss: count == 0 ? 1.0 / 3 : 1) }
    try whole.saveState(to: path)
    let metadata = try SafetensorsFile(contentsOf: path).metadata
    #expect(metadata["plateau.0.0.adam.lr"] == "value=0.06999999999999999 best=0.3333333333333333 bad=1 cooldown=0")
    var resumed = try Optimizer<Float>(spec, for: ["w": [2]])
    try resumed.loadState(from: path)
    #expect(resumed.state == whole.state)
    var other = weights
    for _ in 0..<5 {
      step(&whole, &weights, loss: 1)
      step(&resumed, &other, loss: 1)
    }
    #expect(other == weights && resumed.state == whole.state && resumed.value(of: "lr") != 0.06999999999999999)

    // Before the first report nothing is best.
    try Optimizer<Float>(spec, for: ["w": [2]]).saveState(to: path)
    try resumed.loadState(from: path)
    #expect(resumed.state.followedLosses.map { $0.progress } == [Plateau.Progress(value: 0.1)])
  }

  @Test(
    "with a plateau that is malformed is refused",
    arguments: [
      ("", "plateau.0.0.sgd.lr is \"\", not value=NUMBER best=NUMBER bad=COUNT cooldown=COUNT"),
      (
        "value=1 best=1 bad=0 cooldown=0 more=1",
        "plateau.0.0.sgd.lr is \"value=1 best=1 bad=0 cooldown=0 more=1\", "
          + "not value=NUMBER best=NUMBER bad=COUNT cooldown=COUNT"
      ),
      (
        "value=nan best=1 bad=0 cooldown=0",
        "the plateau of 0.sgd.lr has come to nan, out of its range [0.0, 1.0]"
      ),
      (
        "value=1 best=1 bad=-1 cooldown=0",
        "the plateau of 0.sgd.lr: best 1.0, -1 bad reports and a cooldown of 0 do not go with patience=10, cooldown=0"
      ),
    ])
  func wrongPlateau(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    let metadata = [
      "format": "downhill-state", "version": "1", "optimizer.0": "sgd:lr=plateau(1)", "step.0": "3",
      "plateau.0.0.sgd.lr": text,
    ]
    try SafetensorsFile([], metadata: metadata).write(to: path)
    try expectRefusal(of: (folder, path), by: Optimizer<Float>("sgd:lr=plateau(1)", for: 2), message)
  }

  @Test("holds several optimizers, each with its own count of steps")
  func several() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("state")
    var (first, second) = (
      try Optimizer<Float>("adamw", for: ["a": [2]]), try Optimizer<Float>("sgd:momentum=0.5", for: ["b": [1]])
    )
    var weights: [String: [Float]] = ["a": [1, 2], "b": [3]]
    first.update(&weights, along: ["a": [1, 1]])
    for _ in 0..<3 { second.update(&weights, along: ["b": [1]]) }
    try StateFile([first, second]).write(to: path)
    var (again, other) = (
      try Optimizer<Float>("adamw", for: ["a": [2]]), try Optimizer<Float>("sgd:momentum=0.5", for: ["b": [1]])
    )
    let file = try StateFile(contentsOf: path)
    try file.restore(&again, place: 0, path: path)
    try file.restore(&other, place: 1, path: path)
    #expect(again.state == first.state && other.state == second.state)
    #expect(
      thrownMessage { try file.restore(&other, place: 2, path: path) }
        == "\(path): there is no state of optimizer 2, or no count of its steps")
    #expect(
      thrownMessage { try file.restore(&other, place: 0, path: path) }
        == "\(path): state of adamw, but the optimizer is sgd:momentum=0.5")
    #expect(thrownMessage { _ = try StateFile([first, first]) } == "tensor \"a/exp_avg\": the name appears twice")
  }
}

extension [String: String] {
  fileprivate func setting(_ key: String, _ value: String?) -> Self {
    var other = self
    other[key] = value
    return other
  }
}
