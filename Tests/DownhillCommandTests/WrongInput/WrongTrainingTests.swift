import DownhillFiles
import Foundation
import TestSupport
import Testing

@Suite("Wrong training is told before a run is there")
struct WrongTrainingTests {
  static let options: [WrongInput] = [
    WrongInput(64, "train", "no model", "train MODEL"),
    WrongInput(64, "train gtp", "unknown model \"gtp\"; did you mean \"gpt\"?"),
    WrongInput(64, "train mlp:depht=2", "unknown knob \"depht\"", "depth"),
    WrongInput(64, "train gpt:heads=3", "heads must divide width"),
    WrongInput(64, "train mlp --steps 10 --epochs 2", "--steps and --epochs are both given"),
    WrongInput(64, "train mlp --steps -1", "--steps -1", "a whole number from 0"),
    WrongInput(64, "train mlp --steps many", "--steps", "many"),
    WrongInput(64, "train mlp --epochs -1", "--epochs -1"),
    WrongInput(64, "train mlp --epochs inf", "--epochs inf"),
    WrongInput(64, "train mlp --batch 0", "--batch 0", "a whole number from 1"),
    WrongInput(64, "train mlp --batch 100000000", "--batch 100000000 is out of range"),
    WrongInput(64, "train mlp --accumulate 0", "--accumulate 0"),
    WrongInput(64, "train mlp --threads 0", "--threads 0"),
    WrongInput(64, "train mlp --threads 100000", "--threads 100000 is out of range [1, 1024]"),
    WrongInput(64, "train mlp --patience -1", "--patience -1"),
    WrongInput(64, "train mlp --label-smoothing 1", "--label-smoothing 1.0 is out of range [0, 1)"),
    WrongInput(64, "train mlp --evaluate best", "--evaluate best", "averaged, trained"),
    WrongInput(64, "train mlp --optimizer adamv", "unknown rule \"adamv\""),
    WrongInput(64, "train mlp --optimizer sophia", "sophia wants the Hessian's diagonal"),
    WrongInput(64, arguments: ["train", "mlp", "--group", "rule=hidden: adam"], "unknown condition \"rule\""),
    WrongInput(64, "train mlp --freeze hidden", "--freeze \"hidden\"", "role=… or name=…"),
    WrongInput(64, "train mlp --freeze name=*", "every parameter is frozen"),
    WrongInput(
      64, arguments: ["train", "mlp", "--optimizer", "sam/adam", "--group", "role=bias: sgd"], "perturbation"),
    WrongInput(64, "train mlp --optimizer muon --rest muon", "takes matrices only", "--rest"),
    WrongInput(64, "train mlp --data spirals --tokens", "--tokens"),
    WrongInput(64, "train mlp --data grammar", "reads rows of numbers, but the data is tokens"),
    WrongInput(64, "train gpt --data spirals", "reads tokens, but the data is rows of numbers"),
    WrongInput(64, "train resnet20 --data spirals", "reads images"),
    WrongInput(64, "train linear-regression", "no set of its own", "--data"),
    WrongInput(64, "train linear-regression --data moons", "predicts numbers, but the data's target is classes"),
    WrongInput(64, "train mlp:inputs=3", "reads 3 numbers, but the data's inputs have 2"),
    WrongInput(64, "train mlp:classes=1", "tells 1 classes apart, but the data has 2"),
    WrongInput(64, "train gpt:context=8 --context 16", "reads 8 tokens, but the data's windows have 16"),
    WrongInput(64, "train gpt:vocabulary=3", "knows 3 tokens, but the data has"),
    WrongInput(64, "train vit-tiny:size=8 --data patterns:count=20", "reads images of 8, but the data's are 32"),
    WrongInput(64, "train linear-regression --data r.csv --label-smoothing 0.1", "--label-smoothing is for classes")
      .with("x,y\n" + (0..<30).map { "\($0),\(2 * $0)\n" }.joined(), in: "r.csv"),
    WrongInput(64, "train mlp --sampling nice --batch 10000", "a batch of 10000 different samples"),
    WrongInput(64, "train mlp --held-out 0 --patience 2", "--patience", "nothing is held out"),
    WrongInput(64, "train mlp --trace t.safetensors --accumulate 2", "--trace", "--accumulate"),
    WrongInput(64, "resume", "<run>"),
  ]

  static let places: [WrongInput] = [
    WrongInput(74, "train mlp --data none.csv", "none.csv"),
    WrongInput(74, "train mlp --steps 1 --out none/run", "none/run: the folder", "does not exist"),
    WrongInput(74, "train mlp --steps 1 --out file", "file: is there already", "downhill resume").with("x", in: "file"),
    WrongInput(74, "train mlp --steps 1 --trace none/t.safetensors", "none/t.safetensors"),
    WrongInput(74, "train mlp --from none.safetensors", "none.safetensors"),
    WrongInput(74, "train --config none.yaml", "none.yaml"),
    WrongInput(74, "resume none", "none: does not exist"),
    WrongInput(74, "resume file", "file: no run's folder").with("x", in: "file"),
  ]

  static let files: [WrongInput] = [
    WrongInput(65, "train --config c.yaml", "c.yaml:2", "unknown key \"stepps\"", "steps")
      .with("model: mlp\nstepps: 3\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml:2", "steps is \"many\", expected a whole number from 0")
      .with("model: mlp\nsteps: many\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml:2", "batch is \"0\", expected a whole number from 1")
      .with("model: mlp\nbatch: 0\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml:1", "group is \"x\", expected a list of texts")
      .with("group: x\nmodel: mlp\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml:3", "normalize is \"yes\", expected true or false")
      .with("model: mlp\nsteps: 1\nnormalize: yes\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml:", "model is \"a collection\", expected a text")
      .with("model: [mlp]\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml", "no mapping").with("- mlp\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml").with("model: [mlp\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml").with("model: mlp\nmodel: gpt\n", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml: the file is empty").with("", in: "c.yaml"),
    WrongInput(65, "train --config c.yaml", "c.yaml", "UTF-8").with([0x6D, 0xFF, 0xFE], in: "c.yaml"),
    WrongInput(64, "train --config c.yaml", "no model").with("steps: 3\n", in: "c.yaml"),
    WrongInput(64, "train --config c.yaml", "steps and epochs are both given")
      .with("model: mlp\nsteps: 3\nepochs: 1\n", in: "c.yaml"),
    WrongInput(65, "train mlp --from w.safetensors", "w.safetensors").with("nonsense", in: "w.safetensors"),
    WrongInput(65, "train mlp:width=4,depth=1 --from w.safetensors", "\"layers.0.weight\": not there")
      .with(safetensors([("layers.1.weight", [2, 4])]), in: "w.safetensors"),
    WrongInput(65, "train mlp:width=4,depth=1 --from w.safetensors", "\"layers.0.weight\": shape [4, 3]", "[4, 2]")
      .with(safetensors([("layers.0.weight", [4, 3])]), in: "w.safetensors"),
    WrongInput(65, "train softmax-regression --from w.safetensors", "\"conv.weight\" is none of this network's")
      .with(
        safetensors([("linear.weight", [2, 2]), ("linear.bias", [2]), ("conv.weight", [3])]), in: "w.safetensors"),
  ]

  /// Hostile data, as a run meets it: told before there is a folder.
  static let sets: [WrongInput] = [
    images([3, 2, 2], count: 11, "train-images-idx3-ubyte: dimensions [3, 2, 2] take 12 bytes, but there are 11"),
    images([3, 2, 2], count: 13, "dimensions [3, 2, 2] take 12 bytes, but there are more"),
    images([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], count: 12, "dimensions [4294967295, 4294967295, 4294967295]"),
    images([0x7FFF_FFFF, 2, 2], count: 12, "take 8589934588 bytes, but there are 12"),
    images([3, 0, 2], count: 12, "dimensions [3, 0, 2], expected ones above 0"),
    images([4, 2, 2], count: 16, "train-labels-idx1-ubyte: 3 labels, but"),
    WrongInput(65, "train resnet20 --data . --steps 1", "data_batch_1.bin: 3173 bytes", "truncated")
      .with([UInt8](repeating: 1, count: 3173), in: "data_batch_1.bin"),
    WrongInput(65, "train gpt --data t.txt --tokens t.tiktoken --steps 1", "t.tiktoken: line 2: ", "base 64")
      .with("IQ== 0\nI=== x y\n", in: "t.tiktoken").with("Some text.", in: "t.txt"),
    WrongInput(65, "train gpt --data t.txt --steps 1", "t.txt: not UTF-8 text").with([0x61, 0xFF], in: "t.txt"),
    WrongInput(65, "train gpt --data . --steps 1", "a folder without data").with("x", in: "note"),
  ]

  /// An IDX file of images beside three labels.
  private static func images(_ dimensions: [Int], count: Int, _ fragment: String) -> WrongInput {
    func idx(_ dimensions: [Int], _ bytes: [UInt8]) -> [UInt8] {
      let sizes: [UInt8] = dimensions.flatMap { size in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
      }
      return [0, 0, 8, UInt8(dimensions.count)] + sizes + bytes
    }
    return WrongInput(65, "train mlp --data . --steps 1", fragment)
      .with(idx(dimensions, [UInt8](repeating: 1, count: count)), in: "train-images-idx3-ubyte")
      .with(idx([3], [0, 1, 2]), in: "train-labels-idx1-ubyte")
  }

  private static func safetensors(_ tensors: [(name: String, shape: [Int])]) -> [UInt8] {
    var header: [String] = []
    var end = 0
    for tensor in tensors {
      let begin = end
      end += 4 * tensor.shape.reduce(1, *)
      header.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(begin),\(end)]}")
    }
    let text = Array("{\(header.joined(separator: ","))}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return length + text + [UInt8](repeating: 0, count: end)
  }

  @Test("Options", arguments: options)
  func option(_ input: WrongInput) async throws { try await input.check() }

  @Test("Places", arguments: places)
  func place(_ input: WrongInput) async throws { try await input.check() }

  @Test("Data", arguments: sets)
  func set(_ input: WrongInput) async throws { try await input.check() }

  @Test("Files", arguments: files)
  func file(_ input: WrongInput) async throws { try await input.check() }
}
