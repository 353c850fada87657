import Foundation
import TestSupport
import Testing

/// Examples/quickstart stands for a stranger's program: a package of its own that depends on this one.
@Suite("Quickstart")
struct QuickstartTests {
  @Test(
    "the example builds by itself and prints what it promises",
    .enabled("swift is not in the path") { ChildProcess.find("swift") != nil })
  func output() async throws {
    let swift = try #require(ChildProcess.find("swift"))
    let example = Repository.root.appending(path: "Examples/quickstart")
    // The versions that this package was built with lie in the cache: with them nothing is asked of the network.
    let versions = try Data(contentsOf: Repository.root.appending(path: "Package.resolved"))
    try versions.write(to: example.appending(path: "Package.resolved"))
    // Kept between runs, so that the next one builds only what has changed; for debugging, which builds in a third of the time
    // and prints the same.
    let scratch = Repository.root.appending(path: ".build/quickstart").plainPath
    let build = try await ChildProcess(
      swift,
      [
        "build", "-c", "debug", "--package-path", example.plainPath, "--scratch-path", scratch,
        "--only-use-versions-from-resolved-file",
      ])
    try #require(build.status == 0, "\(build.output)\(build.errors)")
    #expect(!(build.output + build.errors).contains("warning:"))

    let folder = try TemporaryFolder()
    let run = try await ChildProcess(scratch + "/debug/quickstart", [], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let expected = try String(contentsOf: example.appending(path: "expected-output.txt"), encoding: .utf8)
    #expect(run.output == expected)
    #expect(try folder.names == ["stopping.safetensors"])
  }
}
