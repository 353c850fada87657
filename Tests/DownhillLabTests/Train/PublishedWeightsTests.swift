import DownhillFiles
import DownhillLab
import DownhillNN
import DownhillKernels
import Foundation
import TestSupport
import Testing

/// GPT-2's weights under the names and in the layout of its public files, beside the logits of PyPI's transformers:
/// `Tools/twin/fixtures.py`.
struct PublishedWeightsTests {
  private static let spec =
    "gpt2:layers=2,heads=3,width=12,context=8,vocabulary=17"
  private static let fixture = Repository.fixtures.appending(path: "networks/gpt2-public.safetensors").plainPath
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A changed copy of the public file.
  private func file(_ change: ([TensorData]) throws -> [TensorData]) throws -> String {
    let path = folder.file("changed.safetensors")
    try SafetensorsFile(try change(try SafetensorsFile(contentsOf: Self.fixture).tensors)).write(to: path)
    return path
  }

  private func renamed(_ tensor: TensorData, _ name: String) throws -> TensorData {
    try TensorData(name: name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes)
  }

  /// The worst difference of a logit, over windows that begin where the recorded ones do.
  private func error(of path: String, _ spec: String = spec, tokens count: Int = 7) throws -> Double {
    let run = try TrainedRun(file: path, model: spec, tokenizer: nil)
    let outputs = try SafetensorsFile(
      contentsOf: Repository.fixtures.appending(path: "networks/gpt2-public-outputs.safetensors").plainPath)
    let tokens = try outputs.values(of: "tokens", as: Int32.self)
    let logits = try outputs.values(of: "logits", as: Double.self)
    let tape = Tape()
    let input = tape.indices("input", [2, count])
    let made = run.network.model.outputs(on: tape, input, seed: 0)
    let program = Program(tape, run.store, mode: .evaluation, loss: nil, results: [made], on: .team)
    for place in 0..<2 * count { program.indices(of: input)[place] = tokens[place / count * 7 + place % count] }
    program.forward()
    let results = program.numbers(of: made)
    var worst = 0.0
    for row in 0..<2 {
      for place in 0..<count * 17 {
        let (row, column) = (row * count * 17 + place, row * 7 * 17 + place)
        worst = max(worst, (Double(results[row]) - logits[column]).magnitude)
      }
    }
    return worst
  }

  @Test func logitsAreThoseOfTransformers() throws { #expect(try error(of: Self.fixture) < 2e-5) }

  @Test("names with transformer. in front, and the head said again")
  func withPrefix() throws {
    let path = try file { tensors in
      try tensors.map { try renamed($0, "transformer.\($0.name)") }
        + tensors.filter { $0.name == "wte.weight" }.map { try renamed($0, "lm_head.weight") }
    }
    #expect(try error(of: path) < 2e-5)
  }

  @Test("a shorter context takes the first positions")
  func shorterContext() throws {
    let spec = Self.spec.replacing("context=8", with: "context=5")
    #expect(try error(of: Self.fixture, spec, tokens: 5) < 2e-5)
  }

  @Test("numbers of 64 and 16 bits")
  func otherTypes() throws {
    let wide = try file { tensors in
      try tensors.map {
        try TensorData(name: $0.name, shape: $0.shape, values: $0.values(as: Float.self).map { Double($0) })
      }
    }
    #expect(try error(of: wide) < 2e-5)
    // A bfloat16 is the upper half of a float32: with weights that have no more bits, the same logits as those have.
    let cut = try file { tensors in
      try tensors.map { tensor in
        let kept = try tensor.values(as: Float.self).map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) }
        return try TensorData(name: tensor.name, shape: tensor.shape, values: kept)
      }
    }
    let expected = try error(of: cut)
    let short = try file { tensors in
      try tensors.map { tensor in
        let halves = try tensor.values(as: Float.self).flatMap { number in
          let upper = UInt16(number.bitPattern >> 16)
          return [UInt8(upper & 255), UInt8(upper >> 8)]
        }
        return try TensorData(name: tensor.name, type: .bfloat16, shape: tensor.shape, bytes: FileBytes(halves))
      }
    }
    #expect(try error(of: short) == expected && expected > 1e-4)
  }

  @Test("what is written here is read again, whoever reads it")
  func ownNames() throws {
    let run = try TrainedRun(file: Self.fixture, model: Self.spec, tokenizer: nil)
    let path = folder.file("own.safetensors")
    try WeightsFile.write(run.store, to: path)
    #expect(try error(of: path) < 2e-5)
  }

  /// Files that are of another network, and what is said of them.
  @Test(arguments: [
    ("without h.1.mlp.c_fc.weight", Self.spec, "\"h.1.mlp.c_fc.weight\": not there"),
    ("h.0.attn.c_proj.bias as [6, 2]", Self.spec, "\"h.0.attn.c_proj.bias\": shape [6, 2], the network's is [12]"),
    (
      "h.0.mlp.c_fc.weight as [48, 12]", Self.spec, "\"h.0.mlp.c_fc.weight\": shape [48, 12], the network's is [12, 48]"
    ),
    ("", Self.spec.replacing("layers=2", with: "layers=1"), "\"h.1.attn.c_attn.bias\" is none of this network's"),
    ("", Self.spec.replacing("layers=2", with: "layers=3"), "\"h.2.ln_1.weight\": not there"),
    (
      "", Self.spec.replacing("context=8", with: "context=9"), "\"wpe.weight\": shape [8, 12], the network's is [9, 12]"
    ),
    ("", Self.spec.replacing("vocabulary=17", with: "vocabulary=16"), "\"wte.weight\": shape [17, 12]"),
    ("", Self.spec + ",bias=false", "\"h.0.attn.c_attn.bias\" is none of this network's"),
    ("", Self.spec + ",tied=false", "\"lm_head.weight\": not there"),
    ("another head", Self.spec, "\"lm_head.weight\" is none of this network's"),
    ("", "mlp:inputs=2,classes=2", "\"layers.0.weight\": not there"),
    ("whole numbers", Self.spec, "\"wte.weight\": type I32, expected F32, F16, BF16 or F64"),
  ])
  func otherNetworksAreRefused(_ change: String, _ spec: String, _ message: String) throws {
    let path = try file { tensors in
      if change == "another head" {
        return tensors + [
          try TensorData(name: "lm_head.weight", shape: [17, 12], values: [Float](repeating: 0, count: 204))
        ]
      }
      if change == "whole numbers" {
        let other = try TensorData(name: "wte.weight", shape: [17, 12], values: [Int32](repeating: 0, count: 204))
        return tensors.map { $0.name == "wte.weight" ? other : $0 }
      }
      let words = change.split(separator: " ", maxSplits: 2).map(String.init)
      if words.first == "without" { return tensors.filter { $0.name != words[1] } }
      guard words.count == 3 else { return tensors }
      let shape = words[2].split { !$0.isNumber }.compactMap { Int($0) }
      return try tensors.map {
        $0.name == words[0] ? try TensorData(name: $0.name, type: $0.type, shape: shape, bytes: $0.bytes) : $0
      }
    }
    let error = #expect(throws: FileError.self) { try TrainedRun(file: path, model: spec, tokenizer: nil) }
    #expect(error?.kind == .data)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("training starts from it, with a head and a table of another size")
  func fineTuning() throws {
    let spec = Self.spec.replacing("vocabulary=17", with: "vocabulary=20") + ",tied=false"
    let network = try NetworkSpec(spec)
    let store = ParameterStoreForTests.make(network)
    let error = #expect(throws: FileError.self) { try WeightsFile.adopt(Self.fixture, into: store) }
    #expect(error?.description.contains("\"wte.weight\": shape [17, 12]") == true)
    let same = ParameterStoreForTests.make(try NetworkSpec(Self.spec + ",tied=false"))
    let notes = try WeightsFile.adopt(Self.fixture, into: same)
    #expect(notes.count == 1 && notes[0].hasPrefix("lm_head.weight has another size in"))
  }
}

/// Weights of a network, drawn.
enum ParameterStoreForTests {
  static func make(_ network: NetworkSpec) -> ParameterStore {
    let tape = Tape()
    _ = network.model.outputs(on: tape, tape.indices("input", [1, 1]), seed: 0)
    let store = ParameterStore(tape)
    store.initialize(seed: 1)
    return store
  }
}
