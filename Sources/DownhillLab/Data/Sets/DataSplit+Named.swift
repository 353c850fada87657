import Downhill
import DownhillFiles
import Foundation

extension DataSplit {
  /// A data set by its name on the command line: one that is made, with its settings behind a colon
  /// (`grammar:count=50000`), one that was fetched, or a file or a folder.
  ///
  /// - Throws: `SpecError` for a made set's settings, `FileError` for a file, `CommandFailure` for a set that was not
  ///   fetched yet.
  public init(_ name: String, _ options: DataOptions = DataOptions()) throws {
    let head = name.prefix { $0 != ":" }
    if MadeData.catalogue.contains(where: { $0.name.description == head }) {
      let (entry, values) = try MadeData.parse(name, among: MadeData.catalogue, kind: "data set")
      self = try entry.make(name, values, options)
    } else if let set = RemoteData.catalogue.first(where: { $0.name == name }),
      !FileManager.default.fileExists(atPath: name)
    {
      guard set.isThere else {
        let size = readable(Double(set.byteCount) / 1e6, digits: 3)
        throw CommandFailure(.input, "\(name) is not here yet: downhill data fetch \(name) (\(size) MB)")
      }
      self = try .reading(set.path, options)
    } else {
      self = try .reading(name, options)
    }
  }

  /// The same with one more remark.
  func remarked(_ remark: String) -> DataSplit {
    DataSplit(
      name: name, training: training, heldOut: heldOut, labels: labels, tokenizer: tokenizer, scale: scale,
      sampling: sampling,
      remarks: remarks + [remark])
  }

  /// Batches to train on.
  ///
  /// - Parameters:
  ///   - size: Samples a batch, at least 1.
  ///   - seed: Decides order and augmentation.
  /// - Throws: `SamplingError` where the way of sampling does not fit the set.
  public func batches(of size: Int, seed: UInt64) throws(SamplingError) -> BatchSource {
    try BatchSource(training, size: size, sampling: sampling, seed: seed)
  }

  /// Batches to evaluate on; nil where nothing is held out.
  public func heldOutBatches(of size: Int, limit: Int? = nil) -> OrderedBatches? {
    heldOut.map { OrderedBatches($0, size: size, limit: limit) }
  }
}
