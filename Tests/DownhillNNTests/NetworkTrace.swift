import Downhill
import DownhillBase
import DownhillFiles
import DownhillNN
import Foundation
import TestSupport
import Testing

/// A network's first steps by its PyTorch twin in float64: `Tools/twin/fixtures.py`.
struct NetworkTrace: Sendable {
  let file: SafetensorsFile
  let model: any Model
  let smoothing: Double
  /// Of the descent.
  let rate: Float

  static let folder = Repository.fixtures.appending(path: "networks")

  /// The fixtures of the models that are in the catalogue.
  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.plainPath)) ?? []
    return files.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix("gpt2-public") }.map { String($0.dropLast(12)) }
      .sorted().filter { name in
        guard let file = try? SafetensorsFile(contentsOf: folder.appending(path: name + ".safetensors").plainPath)
        else {
          return false
        }
        let model = file.metadata["model"]?.prefix { $0 != ":" } ?? ""
        return ModelCatalogue.standard.entry(named: String(model)) != nil
      }
  }()

  init(_ name: String) throws {
    file = try SafetensorsFile(contentsOf: Self.folder.appending(path: name + ".safetensors").plainPath)
    let spec = try #require(file.metadata["model"])
    let (entry, values) = try ModelEntry.parse(spec, among: ModelCatalogue.standard.entries, kind: "model")
    model = entry.make(values)
    let optimizer = try #require(file.metadata["optimizer"])
    rate = try #require(optimizer.hasPrefix("sgd:lr=") ? Float(optimizer.dropFirst(7)) : nil)
    smoothing = Double(file.metadata["label-smoothing"] ?? "0") ?? 0
  }

  /// A tensor of any type.
  func numbers(_ name: String) throws -> [Double] {
    let tensor = try #require(file[name], "no \(name)")
    return switch tensor.type {
    case .float32: try tensor.values(as: Float.self).map { Double($0) }
    case .int32: try tensor.values(as: Int32.self).map { Double($0) }
    case .int64: try tensor.values(as: Int64.self).map { Double($0) }
    default: try tensor.values(as: Double.self)
    }
  }

  /// The names of tensors such as `weights/NAME`, without what stands before.
  func names(_ prefix: String, _ suffix: String = "") -> [String] {
    file.tensors.map(\.name).filter {
      $0.hasPrefix(prefix) && $0.hasSuffix(suffix) && (suffix != "" || !$0.contains("@"))
    }
    .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }.sorted()
  }

  /// How many steps were recorded.
  var steps: Int { (0..<100).first { file["loss@\($0)"] == nil } ?? 0 }

  /// The network on batches of the trace's shape, and the loss.
  func build(on tape: Tape) throws -> ModelLoss {
    ModelLoss(model, on: tape, reading: Shape(try #require(file["inputs@0"]).shape), smoothing: smoothing)
  }

  func isWhole(_ name: String) -> Bool { file[name]?.type != .float32 && file[name]?.type != .float64 }
}
