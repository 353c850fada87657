import Foundation

/// A set that can be fetched, with the addresses and checksums that its authors give.
public struct RemoteData: Sendable {
  /// One file of it.
  package struct File: Sendable {
    package let address: String
    package let byteCount: Int
    /// Hexadecimal digits.
    package let md5: String
    /// Whether it is a gzipped tar archive whose one folder holds the files that are wanted.
    package let isArchive: Bool

    package init(_ address: String, byteCount: Int, md5: String, isArchive: Bool = false) {
      (self.address, self.byteCount, self.md5, self.isArchive) = (address, byteCount, md5, isArchive)
    }

    /// What it is called in the folder.
    package var name: String { address.split(separator: "/").last.map(String.init) ?? address }
  }

  public let name: String
  /// One sentence.
  public let summary: String
  package let files: [File]
  /// The file that stands for the set, where it is not the folder.
  package let main: String?

  package init(_ name: String, _ summary: String, _ files: [File], main: String? = nil) {
    (self.name, self.summary, self.files, self.main) = (name, summary, files, main)
  }

  /// Bytes to be loaded.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// The folder that sets are kept in: `DOWNHILL_DATA`, or `downhill` in the user's folder for caches.
  public static var home: String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["DOWNHILL_DATA"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_CACHE_HOME"], !folder.isEmpty { return folder + "/downhill" }
    return FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/downhill"
  }

  /// The address that `DOWNHILL_MIRROR` names, of a folder with the same files.
  public static var mirror: String? { ProcessInfo.processInfo.environment["DOWNHILL_MIRROR"] }

  /// What is read once the set is there.
  public var path: String { RemoteData.home + "/" + name + (main.map { "/" + $0 } ?? "") }

  /// Whether it is there.
  public var isThere: Bool { FileManager.default.fileExists(atPath: path) }

  /// Those there are.
  public static let catalogue: [RemoteData] = [
    RemoteData(
      "tinyshakespeare", "A million characters of Shakespeare (Karpathy, char-rnn).",
      [
        File(
          "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
          byteCount: 1_115_394, md5: "6fb458f1232090904fb40fe944165e91")
      ], main: "input.txt"),
    RemoteData(
      "cifar10", "60,000 photographs of 32 × 32 in 10 classes (Krizhevsky).",
      [
        File(
          "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", byteCount: 170_052_171,
          md5: "c32a1d4ab5d03f1284b67883e8d87530", isArchive: true)
      ]),
    RemoteData(
      "cifar100", "60,000 photographs of 32 × 32 in 100 classes (Krizhevsky).",
      [
        File(
          "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", byteCount: 168_513_733,
          md5: "03b5dce01913d631647c71ecec9e9cb8", isArchive: true)
      ]),
    RemoteData(
      "mnist", "70,000 handwritten digits of 28 × 28 (LeCun, Cortes, Burges; PyTorch's copy).",
      digits(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        [
          (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"), (28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
          (1_648_877, "9fb629c4189551a2d022fa330f9573f3"), (4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
        ])),
    RemoteData(
      "fashion-mnist", "70,000 pieces of clothing of 28 × 28 in 10 classes (Zalando).",
      digits(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        [
          (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"), (29_515, "25c81989df183df01b3e8a0aad5dffbe"),
          (4_422_102, "bef4ecab320f06d8554ea6380940ec79"), (5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
        ])),
    RemoteData(
      "gpt2-tokens", "GPT-2's byte pairs, for --tokens (OpenAI).",
      [
        File(
          "https://openaipublic.blob.core.windows.net/encodings/r50k_base.tiktoken", byteCount: 835_554,
          md5: "8b1899fed9fa1619c609fa4ab4c10114")
      ], main: "r50k_base.tiktoken"),
  ]

  private static func digits(_ folder: String, _ sums: [(Int, String)]) -> [File] {
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    return zip(names, sums).map { File("\(folder)\($0)-ubyte.gz", byteCount: $1.0, md5: $1.1) }
  }
}
