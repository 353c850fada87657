import Foundation
import TestSupport
import Testing

/// In a process of its own, since other tests take memory as well.
@Suite("Memory of a training run")
struct MemoryTests {
  private static let runs = [
    [
      "gpt:layers=1,heads=1,width=16,context=8,dropout=0.1", "--data", "grammar:count=2000", "--context", "8",
      "--batch", "2", "--optimizer", "muon",
    ],
    [
      "mlp:width=8,depth=2", "--data", "spirals:count=100", "--batch", "5", "--accumulate", "2", "--optimizer",
      "sam/ema:decay=0.9/adamw",
    ],
  ]

  /// Log, evaluations and checkpoints included. The system hands out memory in pages, some of them late: a leak of fifty
  /// bytes a step would show in most of the hundreds of steps, one of six hundred in the sum.
  @Test("is flat over 2,000 steps", .enabled("/proc tells it") { canMeasure }, arguments: runs)
  func flat(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let more = ["--steps", "2000", "--eval-every", "100", "--threads", "1", "--out", "run", "--format", "json"]
    let run = try await downhill(["train"] + arguments + more, in: folder.path)
    try #require(run.status == 0, "\(run.errors)")
    struct Event: Decodable {
      var step, memoryBytes: Int?
    }
    let log = try String(contentsOfFile: folder.file("run/metrics.jsonl"), encoding: .utf8).split(separator: "\n")
    let events = try log.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    let memory = events.compactMap { event in event.memoryBytes.map { (step: event.step ?? 0, bytes: $0) } }
      .filter { $0.step >= 200 }
    try #require(memory.map(\.step) == Array(stride(from: 200, through: 2000, by: 100)))
    let growth = zip(memory, memory.dropFirst()).map { $1.bytes - $0.bytes }.sorted()
    #expect(memory[0].bytes > 1 << 20)
    #expect(growth[growth.count / 2] <= 0, "\(memory)")
    #expect(growth.reduce(0, +) < 1 << 20, "\(memory)")
  }

  private static var canMeasure: Bool { FileManager.default.fileExists(atPath: "/proc/self/statm") }
}
