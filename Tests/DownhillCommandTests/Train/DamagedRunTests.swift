import DownhillFiles
import Foundation
import TestSupport
import Testing

@Suite("What a run's folder may suffer")
struct DamagedRunTests {
  private static let tiny = [
    "train", "mlp:width=8,depth=1", "--data", "spirals:count=100", "--batch", "10", "--steps", "20", "--eval-every",
    "5",
    "--threads", "1", "--out", "run",
  ]
  private let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    let run = try await downhill(Self.tiny, in: folder.path)
    try #require(run.status == 0, "\(run.errors)")
    // As if it had been killed behind its last checkpoint.
    try FileManager.default.removeItem(atPath: folder.file("run/weights.safetensors"))
    try FileManager.default.removeItem(atPath: folder.file("run/checkpoints/20"))
  }

  private func refusal(_ status: Int32, _ fragments: String..., place: SourceLocation = #_sourceLocation) async throws {
    let run = try await downhill(["resume", "run"], in: folder.path)
    #expect(run.status == status, "\(run.errors)", sourceLocation: place)
    for fragment in fragments { #expect(run.errors.contains(fragment), "\(run.errors)", sourceLocation: place) }
    #expect(!FileManager.default.fileExists(atPath: folder.file("run/weights.safetensors")), sourceLocation: place)
  }

  private var newest: String {
    get throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("run/checkpoints"))
      return folder.file("run/checkpoints/\(try #require(names.compactMap { Int($0) }.max()))")
    }
  }

  private func change(_ name: String, _ body: ([TensorData]) throws -> [TensorData]) throws {
    let path = try newest + "/" + name
    let file = try SafetensorsFile(contentsOf: path)
    try SafetensorsFile(try body(file.tensors), metadata: file.metadata).write(to: path)
  }

  @Test("a checkpoint with a tensor missing")
  func missingTensor() async throws {
    try change("weights.safetensors") { Array($0.dropFirst()) }
    try await refusal(65, "weights.safetensors", "\"layers.0.weight\": not there")
  }

  @Test("a checkpoint with a tensor of another shape")
  func otherShape() async throws {
    try change("weights.safetensors") { tensors in
      [try TensorData(name: "layers.0.weight", shape: [2, 8], values: [Float](repeating: 0, count: 16))]
        + tensors.dropFirst()
    }
    try await refusal(65, "\"layers.0.weight\": shape [2, 8], the network's is [8, 2]")
  }

  @Test("a checkpoint of another model")
  func otherModel() async throws {
    let other = try await downhill(
      ["train", "softmax-regression", "--data", "spirals:count=100", "--steps", "5", "--out", "other"], in: folder.path)
    #expect(other.status == 0)
    let path = try newest + "/weights.safetensors"
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: folder.file("other/weights.safetensors"), toPath: path)
    try await refusal(65, "layers.0.weight")
  }

  @Test("a state of another rule, one with a part missing, and one that is cut short")
  func state() async throws {
    try change("optimizer.safetensors") { Array($0.dropLast()) }
    try await refusal(65, "optimizer.safetensors", "there is no")
    let path = try newest + "/optimizer.safetensors"
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.prefix(bytes.count - 3).write(to: URL(filePath: path))
    try await refusal(65, "optimizer.safetensors")
    let text = try String(contentsOfFile: folder.file("run/config.yaml"), encoding: .utf8)
    let changed = text.split(separator: "\n").map { $0.hasPrefix("optimizer:") ? "optimizer: sgd:lr=0.1" : $0 }
    try folder.write(changed.joined(separator: "\n") + "\n", to: "run/config.yaml")
    try await refusal(65, "optimizer.safetensors")
  }

  @Test("a configuration with an unknown key, or without a file")
  func configuration() async throws {
    let text = try String(contentsOfFile: folder.file("run/config.yaml"), encoding: .utf8)
    try folder.write("colour: red\n" + text, to: "run/config.yaml")
    try await refusal(65, "config.yaml:1", "unknown key \"colour\"")
    try FileManager.default.removeItem(atPath: folder.file("run/config.yaml"))
    try await refusal(74, "no config.yaml")
  }

  @Test("data that is not what the run was begun with")
  func otherData() async throws {
    let text = try String(contentsOfFile: folder.file("run/config.yaml"), encoding: .utf8)
    let path = try folder.write("a,b,c\n" + (0..<40).map { "\($0),1,\($0 % 2)\n" }.joined(), to: "t.csv")
    try folder.write(text.replacing("spirals:count=100", with: path), to: "run/config.yaml")
    try await refusal(65, "is not the data that run was begun with")
  }

  @Test("a lock of a dead process holds nobody up, and what a kill left of a draft is swept away")
  func remains() async throws {
    try folder.write("999999\n", to: "run/lock")
    _ = try folder.makeFolder("run/checkpoints/.draft")
    try folder.write("half", to: "run/checkpoints/.draft/weights.safetensors")
    let run = try await downhill(["resume", "run"], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("run/lock")))
    #expect(!FileManager.default.fileExists(atPath: folder.file("run/checkpoints/.draft")))
  }

  @Test("a disk that fills up while a checkpoint is written: told, and the run goes on when there is room")
  func fullDisk() async throws {
    let whole = try await downhill(Self.tiny.dropLast() + ["whole"], in: folder.path)
    #expect(whole.status == 0)
    // A limit on the size of files, which every write above it meets.
    for blocks in [0, 1, 2, 4] {
      let run = try await ChildProcess(
        "/bin/sh", ["-c", "ulimit -f \(blocks); exec \"$0\" resume run", program], in: folder.path)
      #expect(run.status == 74 || run.status == 0, "\(blocks): \(run.errors)")
      if blocks < 2 { #expect(run.status == 74 && run.errors.contains("run"), "\(run.errors)") }
    }
    let run = try await downhill(["resume", "run"], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let (first, second) = (
      try Data(contentsOf: URL(filePath: folder.file("run/weights.safetensors"))),
      try Data(contentsOf: URL(filePath: folder.file("whole/weights.safetensors")))
    )
    #expect(first == second)
  }
}
