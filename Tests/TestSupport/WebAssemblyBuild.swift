package import Foundation

/// Swift compiled for wasm32 as Embedded Swift, module by module, and linked: by the toolchain alone, without an SDK.
package struct WebAssemblyBuild: Sendable {
  /// wasm-ld comes with the toolchains of swift.org, not with Xcode's.
  package static let isPossible = ["swiftc", "clang", "wasm-ld", "node"].allSatisfy { ChildProcess.find($0) != nil }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private let folder: TemporaryFolder

  /// - Parameter headers: C headers to import as modules, by the module's name.
  package init(headers: [String: URL]) throws {
    folder = try TemporaryFolder()
    let modules = headers.map { "module \($0) { header \"\($1.plainPath)\" export * }" }
    try folder.write(modules.sorted().joined(separator: "\n"), to: "module.modulemap")
  }

  /// Compiles a module that may import the headers and what was compiled before it.
  /// - Parameters:
  ///   - module: The module's name.
  ///   - sources: Its files.
  ///   - flags: More flags of swiftc.
  package func compile(_ module: String, _ sources: [URL], flags: [String] = []) async throws {
    // For size, which takes a quarter less time than for speed and gives the same numbers; what is not optimized at all asks
    // its host for functions.
    let fixed =
      "-target wasm32-unknown-none-wasm -enable-experimental-feature Embedded -wmo -Osize -parse-as-library "
      + "-Xfrontend -disable-stack-protector -Xcc -msimd128 -swift-version 6 "
      + "-enable-upcoming-feature InternalImportsByDefault -c"
    let places = [
      "-module-name", module, "-emit-module", "-emit-module-path", folder.file(module + ".swiftmodule"),
      "-I", folder.path, "-o", object(module),
    ]
    try await Self.run(
      "swiftc", fixed.split(separator: " ").map(String.init) + flags + places + sources.map { $0.plainPath })
  }

  /// Compiles a file of C.
  package func compile(c source: URL, as name: String) async throws {
    try await Self.run(
      "clang", ["--target=wasm32-unknown-none-wasm", "-O2", "-Wall", "-c", source.plainPath, "-o", object(name)])
  }

  /// Links modules; a symbol that nobody defines is an error.
  /// - Returns: The program.
  package func link(_ modules: [String]) async throws -> Data {
    let program = folder.file("program.wasm")
    try await Self.run("wasm-ld", ["--no-entry", "--strip-all"] + modules.map(object) + ["-o", program])
    return try Data(contentsOf: URL(filePath: program))
  }

  private func object(_ module: String) -> String { folder.file(module + ".o") }

  /// This file, which holds the flags.
  package static let source = URL(filePath: #filePath)

  /// What compiles.
  package static func versions() async throws -> String {
    try await run("swiftc", ["--version"]) + run("clang", ["--version"])
  }

  /// Runs a script of node.
  /// - Returns: What it printed.
  package static func node(_ script: URL, _ arguments: [String]) async throws -> String {
    try await run("node", [script.plainPath] + arguments)
  }

  @discardableResult
  private static func run(_ name: String, _ arguments: [String]) async throws -> String {
    guard let program = ChildProcess.find(name) else { throw Failure(description: "\(name) is not in the path") }
    let process = try await ChildProcess(program, arguments)
    guard process.status == 0 else {
      throw Failure(description: "\(name) ended with \(process.status): \(process.errors)\(process.output)")
    }
    return process.output
  }
}
