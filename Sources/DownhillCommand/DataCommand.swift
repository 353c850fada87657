import ArgumentParser
import DownhillLab
import Foundation

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List, describe and fetch data to train on.",
    discussion: """
      Examples:
        downhill data list
        downhill data describe spirals:count=500,noise=0.05
        downhill data describe patterns --format json
      """,
    subcommands: [DataListCommand.self, DataDescribeCommand.self, DataFetchCommand.self])
}

struct DataListCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sets that are made, and those that can be fetched.",
    discussion: """
      Examples:
        downhill data list
        downhill data list --format json
      """)

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    try printResult(format == .json ? DataListing.json.serialized : DataListing.text)
  }
}

struct DataDescribeCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Read a data set, and say what is in it.",
    discussion: """
      Examples:
        downhill data describe grammar
        downhill data describe modular-arithmetic:modulus=13,operation=multiply
        downhill data describe patterns:count=100 --label-noise 0.2 --format json
      """)

  @Argument(help: "A set's name with settings, a file or a folder.", completion: .dataName)
  var data: String

  @OptionGroup var options: DataOptionsGroup

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    let description = try DataDescription(DataSplit(data, try options.settings().options()))
    try printResult(format == .json ? description.json.serialized : description.text)
  }
}

struct DataFetchCommand: ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Load a data set from where its authors keep it.",
    discussion: """
      Goes on where it was cut off, and checks what came. Sets are kept in the folder DOWNHILL_DATA, by default downhill in
      the user's folder for caches; DOWNHILL_MIRROR is an address that has the files in place of their own.

      Examples:
        downhill data fetch cifar10
        DOWNHILL_DATA=data downhill data fetch mnist
      """)

  @Argument(help: "The set; downhill data list shows them.", completion: .remoteName)
  var name: String

  @Option(help: "text or json.")
  var format: ReportFormat = .text

  func report() async throws {
    guard let set = RemoteData.catalogue.first(where: { $0.name == name }) else {
      let known = RemoteData.catalogue.map { $0.name }.joined(separator: ", ")
      throw CommandFailure.usage("unknown data set \"\(name)\", expected one of \(known)")
    }
    let folder = try await DataFetch(set).run { line in
      try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }
    let result = JSON.object([("name", .text(set.name)), ("folder", .text(folder)), ("data", .text(set.path))])
    try printResult(format == .json ? result.serialized : "\(set.path)\n")
  }
}
