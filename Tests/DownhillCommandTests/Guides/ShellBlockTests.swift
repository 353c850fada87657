import Foundation
import TestSupport
import Testing

/// The commands of README.md, as a reader would copy them.
@Suite("Commands on the pages")
struct ShellBlockTests {
  @Test("a command of README.md prints what stands below it")
  func readme() async throws {
    let page = try Page(Repository.root.appending(path: "README.md"))
    let folder = try TemporaryFolder()
    var compared = 0
    for (place, block) in page.blocks.enumerated() where block.language == "sh" {
      var printed = ""
      for line in block.text.split(separator: "\n") where line.hasPrefix("./downhill ") {
        // A reader's data is not here; PNG wants a program that may be missing, and its picture is that of SVG.
        guard !line.contains(".csv"), !line.contains("bench") else { continue }
        printed = try await output(words(of: String(line).replacing(".png", with: ".svg")), in: folder.path)
      }
      guard page.blocks.indices.contains(place + 1), page.blocks[place + 1].language == "text" else { continue }
      #expect(printed == page.blocks[place + 1].text, "README.md:\(block.line)")
      compared += 1
    }
    #expect(compared > 0, "README.md shows no output")
  }

  @Test("a command of the guides has options that there are", arguments: Page.all)
  func options(of page: Page) async throws {
    var known: [String: String] = [:]
    for block in page.blocks where block.language == "sh" {
      let lines = block.text.replacing("\\\n", with: " ").split(separator: "\n")
      for line in lines where line.hasPrefix("downhill ") || line.hasPrefix("./downhill ") {
        let words = words(of: line.split(separator: "|").first.map(String.init) ?? "")
        guard let command = words.first, !command.hasPrefix("-") else { continue }
        if known[command] == nil {
          let parts = ["bench": ["bench", "rules"], "data": ["data", "describe"]]
          known[command] = try await output(["help"] + (parts[command] ?? [command]))
        }
        for option in words.filter({ $0.hasPrefix("--") }) {
          #expect(known[command]?.contains(" \(option) ") == true, "\(page.path):\(block.line): \(option)")
        }
      }
    }
  }

  /// The words behind the program's name, as a shell splits them.
  private func words(of line: String) -> [String] {
    var words: [String] = []
    for (place, piece) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
      words += place % 2 == 1 ? [String(piece)] : piece.split(separator: " ").map { String($0) }
    }
    return Array(words.dropFirst())
  }
}
