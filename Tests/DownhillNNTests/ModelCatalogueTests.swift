import Downhill
import DownhillBase
import DownhillNN
import Foundation
import TestSupport
import Testing

/// The catalogue beside the parameters of the PyTorch models: `Tests/Fixtures/networks/models.json`.
struct ModelCatalogueTests {
  /// A model as PyTorch has it: name, shape, role and initialisation of each parameter.
  struct Twin: Decodable, Sendable {
    struct Row: Decodable, Sendable {
      let name: String
      let shape: [Int]
      let role, kind: String
      let size: Double

      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        name = try container.decode(String.self)
        shape = try container.decode([Int].self)
        role = try container.decode(String.self)
        kind = try container.decode(String.self)
        size = try container.decode(Double.self)
      }
    }

    let knobs: String
    let count: Int
    let parameters: [Row]
    let buffers: [String: [Int]]
  }

  static let twins: [String: Twin] = {
    let file = Repository.fixtures.appending(path: "networks/models.json")
    return (try? JSONDecoder().decode([String: Twin].self, from: Data(contentsOf: file))) ?? [:]
  }()
  static let specs = twins.keys.sorted().filter { spec in
    ModelCatalogue.standard.entry(named: String(spec.prefix { $0 != ":" })) != nil
  }

  private func model(_ spec: String) throws(SpecError) -> any Model {
    let (entry, values) = try ModelEntry.parse(spec, among: ModelCatalogue.standard.entries, kind: "model")
    return entry.make(values)
  }

  private func tape(_ model: any Model) -> Tape {
    let tape = Tape()
    _ = ModelLoss(model, on: tape, reading: model.input.shape(batch: 1))
    return tape
  }

  @Test func allModelsAreThere() { #expect(Self.specs.count >= 20) }

  @Test(arguments: specs)
  func parametersAreThoseOfPyTorch(_ spec: String) throws {
    let twin = try #require(Self.twins[spec])
    for text in [spec, twin.knobs] {
      let tape = tape(try model(text))
      #expect(tape.parameters.map(\.name) == twin.parameters.map(\.name))
      #expect(tape.parameters.map(\.shape.dimensions) == twin.parameters.map(\.shape))
      #expect(tape.parameters.map(\.role.name.description) == twin.parameters.map(\.role))
      #expect(tape.parameters.reduce(0) { $0 + $1.shape.count } == twin.count)
      let buffers = Dictionary(uniqueKeysWithValues: tape.buffers.map { ($0.name, $0.shape.dimensions) })
      #expect(buffers == twin.buffers.filter { !$0.key.hasSuffix("num_batches_tracked") })
      for (ours, theirs) in zip(tape.parameters, twin.parameters) {
        #expect(kind(ours).0 == theirs.kind, "\(ours.name)")
        #expect((kind(ours).1 - theirs.size).magnitude <= 1e-6 * theirs.size.magnitude + 1e-15, "\(ours.name)")
      }
    }
  }

  /// An initialisation as the twins write it: what is drawn, and its deviation, bound or value.
  private func kind(_ parameter: NetworkParameter) -> (String, Double) {
    let (shape, inner) = (parameter.shape, Double(parameter.shape.columns))
    let outer = Double(shape.count) / Double(shape.dimensions.count > 1 ? shape.dimensions[1] : 1)
    return switch parameter.start {
    case .constant(let value): ("constant", value)
    case .normal(let deviation): ("normal", deviation)
    case .uniform(let bound): ("uniform", bound)
    case .truncatedNormal(let deviation, _): ("truncated", deviation * 0.879_625_66)
    case .xavierUniform(let gain): ("uniform", gain * (6 / (inner + outer)).squareRoot())
    case .heNormal(let fan, let gain): ("normal", gain / (fan == .fanIn ? inner : outer).squareRoot())
    default: ("other", 0)
    }
  }

  @Test(arguments: [
    ("resnet19", "unknown model \"resnet19\""), ("mlp:depht=3", "depht"), ("mlp:depth=x", "is not a number"),
    ("mlp:depth=-1", "out of range"), ("resnet18:stem=big", "stem=big is unknown"),
    ("cnn:size=13by17", "size=13by17 is neither a length such as 32 nor two such as 13x17"),
    ("cnn:size=0x4", "out of range"), ("cnn:size=4x", "neither"), ("cnn:size=4x5x6", "neither"),
    ("cnn:size=3", "at least 4"), ("cnn:size=1e300", "neither"), ("cnn:size=99999", "out of range"),
    ("vit-tiny:patch=5", "patch must divide"), ("vit-tiny:heads=5", "heads must divide width"),
    ("mlp-mixer:size=30", "patch must divide"), ("gpt:heads=3", "heads must divide width"),
    ("gpt:dropout=1", "out of range"), ("resnet8:skip=maybe", "neither true nor false"),
    ("mlp:width=cosine(300,total=9,final=0.5)", "takes no schedule"),
    ("mlp:activation=softsign", "activation=softsign is unknown"),
  ])
  func wrongSpecsAreRefused(_ spec: String, _ message: String) {
    let error = #expect(throws: SpecError.self) { try model(spec) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func dataSettlesWhatIsNotGiven() throws {
    let spec = "cnn:classes=7,size=9x11"
    let (entry, values) = try ModelEntry.parse(spec, among: ModelCatalogue.standard.entries, kind: "model")
    let given = ModelEntry.givenKnobs(in: spec)
    #expect(given == ["classes", "size"])
    let images = ModelInput.images(channels: 1, size: Extent(28, 30))
    let fitted = entry.make(entry.fitted(values, to: images, .classes(5), given: given))
    #expect(fitted.input == .images(channels: 1, size: Extent(9, 11)))
    #expect(fitted.output == .classes(7))
    let free = entry.make(entry.fitted(values, to: images, .classes(5), given: []))
    #expect(free.input == images)
    #expect(free.output == .classes(5))
  }
}
