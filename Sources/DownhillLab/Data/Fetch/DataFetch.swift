import DownhillFiles
import Foundation
import Subprocess

/// Fetches a set by `curl`, which knows the machine's proxies and certificates, and goes on where it was cut off.
public struct DataFetch: Sendable {
  private let set: RemoteData
  private let folder: String
  /// Where files are taken from in place of their own addresses: `MIRROR/FILE`.
  private let mirror: String?

  /// - Parameters:
  ///   - set: What is fetched.
  ///   - home: The folder that sets are kept in.
  ///   - mirror: Another place that has the files, under their names; what comes from it must have the same checksums.
  public init(
    _ set: RemoteData, home: String = RemoteData.home, mirror: String? = RemoteData.mirror
  ) {
    self.set = set
    folder = home + "/" + set.name
    self.mirror = mirror.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Fetches what is missing; the folder of the set appears when all of it is there.
  ///
  /// - Parameter report: Is told what happens.
  /// - Returns: The folder.
  /// - Throws: `CommandFailure` of kind input without a network, or where a file is not what its authors published.
  public func run(_ report: @Sendable (String) -> Void) async throws -> String {
    if FolderImages.isFolder(folder) { return folder }
    let partial = folder + ".part"
    do {
      try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.input, "\(partial): the folder cannot be made")
    }
    for file in set.files {
      report("\(set.name): \(file.name), \(readable(Double(file.byteCount) / 1e6, digits: 3)) MB")
      try await fetch(file, to: partial + "/" + file.name)
    }
    for file in set.files where file.isArchive {
      try await unpack(partial + "/" + file.name, into: partial)
    }
    do {
      try FileManager.default.moveItem(atPath: partial, toPath: folder)
    } catch {
      throw CommandFailure(.input, "\(folder): the folder cannot be put in its place")
    }
    return folder
  }

  private func fetch(_ file: RemoteData.File, to path: String) async throws {
    let address = mirror.map { $0 + ($0.hasSuffix("/") ? "" : "/") + file.name } ?? file.address
    if size(of: path) > file.byteCount { try? FileManager.default.removeItem(atPath: path) }
    if size(of: path) < file.byteCount {
      let isResumed = size(of: path) > 0
      do {
        try await load(address, to: path, isResumed: isResumed)
      } catch let failure as CurlFailure where failure.code == 33 {
        // The server cannot go on in the middle.
        try? FileManager.default.removeItem(atPath: path)
        try await load(address, to: path, isResumed: false)
      }
    }
    let found = size(of: path)
    guard found == file.byteCount else {
      if found > file.byteCount { try? FileManager.default.removeItem(atPath: path) }
      throw CommandFailure(
        .input, "\(address): \(found) bytes came, expected \(file.byteCount); fetch again to go on")
    }
    let sum = try FileBytes(contentsOf: path).withUnsafeBytes { MD5.digits(of: $0) }
    guard sum == file.md5 else {
      try? FileManager.default.removeItem(atPath: path)
      throw CommandFailure(
        .input, "\(address): the checksum is \(sum), expected \(file.md5); what came was thrown away")
    }
  }

  /// What curl ended with.
  private struct CurlFailure: Error {
    let code: Int32
    let failure: CommandFailure
  }

  private func load(_ address: String, to path: String, isResumed: Bool) async throws {
    // Nobody is led from HTTPS to an address without.
    let protocols = address.hasPrefix("https:") ? "=https" : "=http,https"
    let arguments = [
      "--fail", "--location", "--silent", "--show-error", "--proto", protocols, "--connect-timeout", "20",
      "--speed-time", "60", "--speed-limit", "100", "--retry", "2", "--output", path,
    ]
    let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
    do {
      result = try await Subprocess.run(
        .name("curl"), arguments: Arguments(arguments + (isResumed ? ["--continue-at", "-"] : []) + [address]),
        output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    } catch {
      throw CommandFailure(.input, "curl, which fetches data, cannot be run; install it (apt-get install curl)")
    }
    guard case .exited(let code) = result.terminationStatus, code == 0 else {
      var code: Int32 = -1
      if case .exited(let status) = result.terminationStatus { code = status }
      let said = result.standardError.split(separator: "\n").last.map { ": " + $0 } ?? ""
      let reason =
        switch code {
        case 5, 6, 7, 28: "no network, or nobody answers there"
        case 18, 56: "the connection was cut; fetch again to go on"
        case 22: "the server refused"
        case 23: "the file cannot be written"
        case 35, 51, 58, 60: "the server could not prove who it is"
        default: "curl gave up"
        }
      let failure = CommandFailure(.input, "\(address): \(reason)\(said)")
      if code == 33 { throw CurlFailure(code: code, failure: failure) }
      throw failure
    }
  }

  private func unpack(_ path: String, into folder: String) async throws {
    let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
    do {
      result = try await Subprocess.run(
        .name("tar"), arguments: ["-xzf", path, "-C", folder, "--strip-components=1"],
        output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    } catch {
      throw CommandFailure(.input, "tar, which unpacks data, cannot be run")
    }
    guard case .exited(0) = result.terminationStatus else {
      let said = result.standardError.split(separator: "\n").last.map { ": " + $0 } ?? ""
      throw CommandFailure(.input, "\(path) cannot be unpacked\(said)")
    }
    try? FileManager.default.removeItem(atPath: path)
  }

  private func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}
