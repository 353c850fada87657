import DownhillFiles
import DownhillLab
import DownhillNN
import Foundation
import TestSupport
import Testing

@Suite("Training runs")
struct TrainTests {
  @Test("a run's folder holds what it should, and its weights nothing but weights")
  func folder() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    try SmallRun.train(SmallRun.tiny, to: path)
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(
      names == ["checkpoints", "config.yaml", "data.json", "loss.svg", "metrics.jsonl", "weights.safetensors"])
    let weights = try SafetensorsFile(contentsOf: path + "/weights.safetensors")
    #expect(weights.metadata.isEmpty)
    #expect(
      weights.tensors.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"])
    for name in try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints") {
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(path)/checkpoints/\(name)").sorted()
      #expect(files == ["optimizer.safetensors", "progress.safetensors", "weights.safetensors"])
    }
  }

  @Test("the newest two checkpoints and the best are kept")
  func pruning() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    // Diverges slowly from the best: the rate grows.
    let arguments =
      SmallRun.tiny.filter { $0.0 != "eval-every" } + [
        ("eval-every", "2"), ("optimizer", "sgd:lr=join(constant(0.02),8,constant(3))"),
      ]
    _ = try? SmallRun.train(arguments, to: path)
    let kept = try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints").compactMap { Int($0) }
      .sorted()
    #expect(kept.count <= 3)
    #expect(kept.suffix(2).last == 20)
  }

  @Test("with patience a run ends early, and keeps the best weights")
  func patience() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    let arguments =
      SmallRun.tiny + [("patience", "2"), ("steps", "400"), ("optimizer", "sgd:lr=0.3,momentum=0.9")]
    let result = try SmallRun.train(arguments, to: path)
    #expect(result.steps < 400)
    let run = try TrainedRun(path)
    let split = try DataSplit("spirals:count=100", run.dataOptions())
    let batches = try #require(split.heldOutBatches(of: 32))
    let loss = try HeldOutEvaluation(run.network, run.store, on: batches, threads: 2).run().loss
    #expect(loss == result.heldOutLoss)
    let log = try String(contentsOfFile: path + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
    struct Event: Decodable {
      var end: Bool?
      var step: Int?
      var heldOutLoss: Double?
    }
    // By the decoder, which reads a double exactly; `JSONSerialization` does not.
    let events = try log.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
    let losses = events.filter { $0.end == nil && ($0.step ?? 0) > 0 }.compactMap { $0.heldOutLoss }
    #expect(losses.min() == loss)
    #expect(losses.last != loss)
  }

  @Test("several batches make the gradient of one large one")
  func accumulation() throws {
    let folder = try TemporaryFolder()
    let base = SmallRun.tiny.filter { $0.0 != "batch" } + [("optimizer", "sgd:lr=0.1"), ("steps", "6")]
    try SmallRun.train(base + [("batch", "12")], to: folder.file("large"))
    try SmallRun.train(base + [("batch", "4"), ("accumulate", "3")], to: folder.file("small"))
    let large = try SafetensorsFile(contentsOf: folder.file("large/weights.safetensors"))
    let small = try SafetensorsFile(contentsOf: folder.file("small/weights.safetensors"))
    for tensor in large.tensors {
      let (a, b) = (try tensor.values(as: Float.self), try small.values(of: tensor.name, as: Float.self))
      // Six steps of sums in another order.
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }, "\(tensor.name)")
    }
  }

  @Test("a loss that is not finite stops the run, names the place, and leaves the last checkpoint")
  func nonFinite() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    let arguments =
      SmallRun.tiny + [("optimizer", "sgd:lr=join(constant(0.01),7,constant(1e30))"), ("eval-every", "3")]
    let message = thrownMessage { try SmallRun.train(arguments, to: path) } ?? ""
    #expect(message.contains("step 8, batch 8"))
    #expect(message.contains("layers.0.weight"))
    #expect(message.contains("checkpoints/6"))
    let weights = try SafetensorsFile(contentsOf: path + "/checkpoints/6/weights.safetensors")
    for tensor in weights.tensors { #expect(try tensor.values(as: Float.self).allSatisfy(\.isFinite)) }
  }

  @Test("fine-tuning: a head of another size starts anew, what is frozen stays")
  func fineTuning() throws {
    let folder = try TemporaryFolder()
    let wide = ("model", "mlp:width=8,depth=1,classes=5")
    try SmallRun.train(SmallRun.tiny + [wide], to: folder.file("first"))
    let more = [("from", folder.file("first")), ("steps", "5")]
    var settings = (SmallRun.tiny + more).map { TrainSetting($0.0, $0.1) }
    settings.append(TrainSetting("freeze", list: ["name=layers.0.*"]))
    let setup = try TrainSetup(file: nil, settings: settings, version: "test")
    nonisolated(unsafe) var said = ""
    _ = try TrainRun.start(setup, at: folder.file("second"), trace: nil, TrainOutput { said += $0 })
    #expect(said.contains("layers.1.weight has another size"))
    #expect(said.contains("frozen"))
    let (first, second) = (
      try SafetensorsFile(contentsOf: folder.file("first/weights.safetensors")),
      try SafetensorsFile(contentsOf: folder.file("second/weights.safetensors"))
    )
    #expect(first["layers.0.weight"] == second["layers.0.weight"])
    #expect(first["layers.0.bias"] == second["layers.0.bias"])
    #expect(second["layers.1.weight"]?.shape == [2, 8])
  }

  @Test("a trace holds weights, batches, losses and gradients of the first steps")
  func trace() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("t.safetensors")
    let arguments = SmallRun.tiny + [("optimizer", "sgd:lr=0.1"), ("steps", "12")]
    try SmallRun.train(arguments, to: folder.file("run"), trace: path)
    let trace = try SafetensorsFile(contentsOf: path)
    #expect(trace.metadata["model"] == "mlp:inputs=2,classes=2,depth=1,width=8")
    #expect(trace.metadata["optimizer"] == "sgd:lr=0.1")
    #expect(trace["inputs@9"]?.shape == [10, 2])
    #expect(trace["targets@0"]?.type == .int32)
    #expect(trace["inputs@10"] == nil)
    #expect(trace["gradients/layers.0.weight@2"] != nil)
    #expect(trace["gradients/layers.0.weight@3"] == nil)
    // What the file says of one step of SGD holds to the bit.
    let (w, g) = (
      try trace.values(of: "weights/layers.1.bias", as: Float.self),
      try trace.values(of: "gradients/layers.1.bias@0", as: Float.self)
    )
    #expect(zip(w, g).allSatisfy { $0 == 0 && $1 != 0 })
    #expect(trace["weights/layers.1.bias@10"]?.shape == [2])
  }

  @Test("a run tells what its text is made of when the text is gone")
  func vocabulary() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write(String(repeating: "naïve 𝄞 text.\n", count: 40), to: "text.txt")
    let arguments = [
      ("model", "gpt:layers=1,heads=1,width=8"), ("data", text), ("context", "8"), ("batch", "2"), ("steps", "2"),
    ]
    try SmallRun.train(arguments, to: folder.file("run"))
    try FileManager.default.removeItem(atPath: text)
    let run = try TrainedRun(folder.file("run"))
    let tokenizer = try #require(run.tokenizer)
    #expect(tokenizer.vocabulary == 11)
    #expect(tokenizer.decode(try tokenizer.encode("naïve 𝄞")) == "naïve 𝄞")
    #expect(run.form.outputs == 11)
  }
}
