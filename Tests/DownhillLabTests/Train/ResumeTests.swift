import DownhillFiles
import DownhillLab
import Foundation
import TestSupport
import Testing

@Suite("Runs that are broken off and resumed")
struct ResumeTests {
  @Test("come to the same bits, wherever they were broken off", arguments: RunKind.all)
  func sameBits(_ kind: RunKind) throws {
    let folder = try TemporaryFolder()
    let (whole, broken) = (folder.file("whole"), folder.file("broken"))
    let result = try SmallRun.train(kind.arguments, to: whole)
    let every = Int(try #require(kind.arguments.last { $0.0 == "eval-every" }).1) ?? 1
    // Before the first checkpoint, between the first and the second, and later.
    let breaks = [0, every, 2 * every].filter { $0 < result.steps }
    #expect(throws: Break.self) {
      try SmallRun.train(kind.arguments, to: broken, breakingAt: "step \(breaks[0])/")
    }
    for step in breaks.dropFirst() {
      #expect(throws: Break.self) { try SmallRun.resume(broken, breakingAt: "step \(step)/") }
    }
    let resumed = try SmallRun.resume(broken)
    #expect(try SmallRun.bytes(whole + "/weights.safetensors") == SmallRun.bytes(broken + "/weights.safetensors"))
    #expect(resumed.steps == result.steps)
    #expect(resumed.trainLoss == result.trainLoss)
    #expect(resumed.heldOutLoss == result.heldOutLoss)
  }

  @Test("the state that a checkpoint holds is the one that the run goes on from, not the one of the start")
  func checkpointCounts() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    #expect(throws: Break.self) { try SmallRun.train(SmallRun.tiny, to: path, breakingAt: "step 15/") }
    let before = try SmallRun.bytes(path + "/checkpoints/10/weights.safetensors")
    #expect(try SmallRun.bytes(path + "/checkpoints/5/weights.safetensors") != before)
    try SmallRun.resume(path)
    #expect(FileManager.default.fileExists(atPath: path + "/checkpoints/20"))
  }

  @Test("a run at its end is reported again, and nothing of it changes")
  func finished() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    let result = try SmallRun.train(SmallRun.tiny, to: path)
    let (weights, log) = (
      try SmallRun.bytes(path + "/weights.safetensors"), try SmallRun.bytes(path + "/metrics.jsonl")
    )
    let again = try SmallRun.resume(path)
    #expect(again.json.serialized == result.json.serialized)
    #expect(try SmallRun.bytes(path + "/weights.safetensors") == weights)
    #expect(try SmallRun.bytes(path + "/metrics.jsonl") == log)
  }

  @Test("a log that was cut at any byte is read without its broken tail, and goes on")
  func brokenLog() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    #expect(throws: Break.self) { try SmallRun.train(SmallRun.tiny, to: path, breakingAt: "step 15/") }
    let log = try SmallRun.bytes(path + "/metrics.jsonl")
    let line = try #require(log.dropLast().lastIndex(of: UInt8(ascii: "\n")))
    try log.prefix(line + 9).write(to: URL(filePath: path + "/metrics.jsonl"))
    let result = try SmallRun.resume(path)
    let lines = try String(decoding: SmallRun.bytes(path + "/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
    let broken = lines.filter { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) == nil }
    #expect(broken.count == 1)
    #expect(result.steps == 20)
  }

  @Test("the configuration that a run writes repeats it")
  func repeated() throws {
    let folder = try TemporaryFolder()
    let kind = RunKind.all[0]
    try SmallRun.train(kind.arguments + [("seed", "7")], to: folder.file("first"))
    let setup = try SmallRun.setup([], config: folder.file("first") + "/config.yaml")
    _ = try TrainRun.start(setup, at: folder.file("second"), trace: nil, SmallRun.output())
    for name in ["config.yaml", "data.json", "weights.safetensors"] {
      #expect(
        try SmallRun.bytes(folder.file("first/" + name)) == SmallRun.bytes(folder.file("second/" + name)), "\(name)")
    }
  }

  @Test("seeds decide the bits")
  func seeds() throws {
    let folder = try TemporaryFolder()
    var results: [Data] = []
    for (number, seed) in [("seed", "1"), ("seed", "2"), ("init-seed", "3"), ("data-seed", "4")].enumerated() {
      let path = folder.file("\(number)")
      try SmallRun.train(SmallRun.tiny + [seed], to: path)
      results.append(try SmallRun.bytes(path + "/weights.safetensors"))
    }
    #expect(Set(results).count == 4)
  }
}
