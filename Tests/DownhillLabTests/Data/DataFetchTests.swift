import DownhillLab
import Foundation
import TestSupport
import Testing

@Suite("Fetched data")
struct DataFetchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// MD5 of the file that the server gives: 0, 1, …, 255, again and again, 300,000 bytes.
  private static let sum = "3d0be13344d2a88ce040300a74f6f2e8"
  private static let byteCount = 300_000

  private static func set(_ sum: String = sum, byteCount: Int = byteCount) -> RemoteData {
    RemoteData("little", "A test.", [RemoteData.File("https://example.org/a/f.bin", byteCount: byteCount, md5: sum)])
  }

  /// A server on this machine that gives the file, and cuts the first connections off behind so many bytes.
  private func withServer(
    cuttingAt cut: Int, times: Int, ranges: Bool = true, _ body: (String) async throws -> Void
  ) async throws {
    let node = try #require(ChildProcess.find("node"))
    let script = """
      const http = require('http'), fs = require('fs');
      const data = Buffer.from(Array.from({length: \(Self.byteCount)}, (_, i) => i & 255));
      let cuts = \(times);
      const server = http.createServer((request, response) => {
        if (request.url !== '/f.bin') { response.writeHead(404); return response.end(); }
        const range = \(ranges) && /bytes=([0-9]+)-/.exec(request.headers.range || '');
        const start = range ? Number(range[1]) : 0;
        const headers = {'Content-Length': data.length - start, 'Accept-Ranges': 'bytes'};
        if (range) headers['Content-Range'] = `bytes ${start}-${data.length - 1}/${data.length}`;
        response.writeHead(range ? 206 : 200, headers);
        if (cuts-- > 0) return response.write(data.subarray(start, start + \(cut)), () => response.destroy());
        response.end(data.subarray(start));
      });
      server.listen(0, '127.0.0.1', () => fs.writeFileSync(process.argv[2], String(server.address().port)));
      setTimeout(() => process.exit(0), 900000);
      """
    let (file, port) = (try folder.write(script, to: "server.js"), folder.file("port"))
    let process = Process()
    process.executableURL = URL(filePath: node)
    process.arguments = [file, port]
    try process.run()
    defer { process.terminate() }
    var address: String?
    for _ in 0..<500 where address == nil {
      try await Task.sleep(for: .milliseconds(20))
      address = (try? String(contentsOfFile: port, encoding: .utf8)).flatMap { $0.isEmpty ? nil : $0 }
    }
    try await body("http://127.0.0.1:\(try #require(address))/")
  }

  private static let hasServer = ChildProcess.find("node") != nil && ChildProcess.find("curl") != nil

  private func fetch(_ set: RemoteData, _ mirror: String) async throws -> String {
    try await DataFetch(set, home: folder.file("home"), mirror: mirror).run { _ in }
  }

  private func failure(_ set: RemoteData, _ mirror: String) async -> CommandFailure? {
    do {
      _ = try await fetch(set, mirror)
      return nil
    } catch {
      return error as? CommandFailure
    }
  }

  @Test(
    "is whole, or goes on where it was cut off", .enabled("needs node and curl") { hasServer },
    arguments: [true, false])
  func resumed(ranges: Bool) async throws {
    try await withServer(cuttingAt: 100_000, times: 2, ranges: ranges) { address in
      var tries = 0
      while await failure(Self.set(), address) != nil, tries < 5 { tries += 1 }
      #expect((1...3).contains(tries))
      let data = try Data(contentsOf: URL(filePath: folder.file("home/little/f.bin")))
      #expect(data.count == Self.byteCount)
      #expect(data.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: $0) })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("home")) == ["little"])
    }
  }

  @Test("is thrown away where it is not what was published", .enabled("needs node and curl") { hasServer })
  func checksum() async throws {
    try await withServer(cuttingAt: 0, times: 0) { address in
      let wrong = String(repeating: "0", count: 32)
      let message = await failure(Self.set(wrong), address)?.description
      #expect(message?.contains("the checksum is \(Self.sum), expected \(wrong)") == true)
      #expect(await failure(Self.set(byteCount: 5000), address)?.description.contains("300000 bytes came") == true)
      #expect(!FileManager.default.fileExists(atPath: folder.file("home/little")))
      #expect(await failure(Self.set(), address + "elsewhere")?.kind == .input)
    }
  }

  @Test("needs a network", .enabled("needs curl") { ChildProcess.find("curl") != nil })
  func offline() async throws {
    // Port 9 discards, where anybody listens at all.
    let failure = await failure(Self.set(), "http://127.0.0.1:9/")
    #expect(failure?.kind == .input)
    #expect(failure?.description.contains("no network, or nobody answers there") == true)
  }

  @Test("has addresses over HTTPS, sizes and checksums")
  func catalogue() {
    for set in RemoteData.catalogue {
      for file in set.files {
        #expect(file.address.hasPrefix("https://") && file.byteCount > 0)
        #expect(file.md5.count == 32 && file.md5.allSatisfy { $0.isHexDigit && !$0.isUppercase })
      }
    }
  }
}
