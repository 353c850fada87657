import Foundation
import TestSupport
import Testing

/// Which module may import which: the arrows of ARCHITECTURE.md. An entry that nothing uses has to go.
private let allowedImports: [String: Set<String>] = [
  "DownhillBase": ["CLanes"],
  "Downhill": ["DownhillBase"],
  "DownhillMatrix": ["DownhillBase", "Downhill"],
  "DownhillLandscapes": ["DownhillBase"],
  "DownhillThreads": ["DownhillBase", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"],
  "DownhillFiles": ["DownhillBase", "Downhill", "Glibc", "Musl", "Darwin"],
  "DownhillKernels": [
    "DownhillBase", "DownhillThreads", "COneDNN", "CLAPACK", "CThreads", "CMicrokernels", "CProducts",
    "Synchronization",
  ],
  "DownhillNN": ["DownhillBase", "DownhillKernels", "CNetworkKernels", "CConvolution"],
  "DownhillLab": [
    "DownhillBase", "Downhill", "DownhillMatrix", "DownhillLandscapes", "DownhillThreads", "DownhillFiles",
    "DownhillKernels", "DownhillNN", "CZlib", "CImages", "Foundation", "Subprocess", "Yams", "Glibc", "Musl",
    "Darwin",
  ],
  "DownhillCommand": [
    "Downhill", "DownhillBase", "DownhillMatrix", "DownhillNN", "DownhillLab", "Foundation", "ArgumentParser",
  ],
]

/// Modules of C.
private let headers: Set = [
  "CLanes", "COneDNN", "CLAPACK", "CThreads", "CMicrokernels", "CProducts", "CNetworkKernels", "CConvolution", "CZlib",
  "CImages",
]

@Suite("Imports")
struct ImportTests {
  @Test("every module is in the table, and none is there that is not")
  func modules() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.sources.plainPath)
      .filter { !$0.hasPrefix(".") }
    #expect(Set(folders) == Set(allowedImports.keys).union(headers))
  }

  @Test("a module imports what the table says, all of it and nothing else", arguments: allowedImports.keys.sorted())
  func imports(of module: String) throws {
    let allowed = try #require(allowedImports[module])
    var used = Set<String>()
    for file in Repository.swiftFiles(below: Repository.sources.appending(path: module)) {
      let imports = importedModules(in: try String(contentsOf: file, encoding: .utf8))
      let foreign = imports.subtracting(allowed).sorted()
      #expect(foreign.isEmpty, "\(Repository.relativePath(of: file)) imports \(foreign)")
      used.formUnion(imports)
    }
    #expect(allowed.subtracting(used).isEmpty, "\(module) is allowed more than it imports")
  }

  @Test("no module reaches itself")
  func cycles() {
    for module in allowedImports.keys {
      var reached = Set<String>()
      var open = allowedImports[module] ?? []
      while let next = open.popFirst() {
        if reached.insert(next).inserted { open.formUnion(allowedImports[next] ?? []) }
      }
      #expect(!reached.contains(module), "\(module) imports itself by way of others")
    }
  }

  @Test("the manifest declares what is imported", arguments: allowedImports.keys.sorted())
  func manifest(of module: String) throws {
    let manifest = try String(contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8)
    let pattern = try Regex<(Substring, Substring)>("arget\\(\\s*name: \"\(module)\",\\s*dependencies: \\[([^\\]]*)\\]")
    let list = try #require(manifest.firstMatch(of: pattern)?.output.1, "no target \(module) with dependencies")
    let declared = list.replacing(/package: "[^"]*"/, with: "").matches(of: /"([^"]+)"/).map { String($0.output.1) }
    let system: Set = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"]
    #expect(Set(declared) == allowedImports[module]?.subtracting(system))
    #expect(Set(declared).count == declared.count)
  }

  @Test(
    "an import is found however it is written",
    arguments: [
      "import A", "public import A", "  package import A  // why", "@_exported import A", "internal import struct A.B",
      "@preconcurrency public import A", "import A.B", "@_spi(Testing) import A",
    ])
  func spellings(line: String) {
    #expect(importedModules(in: "// import C\n\(line)\nlet important = 1\n") == ["A"])
  }
}

/// The modules that a file names behind `import`, whatever stands before.
private func importedModules(in text: String) -> Set<String> {
  let line =
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
  return Set(text.split(separator: "\n").compactMap { $0.prefixMatch(of: line).map { String($0.output.1) } })
}
