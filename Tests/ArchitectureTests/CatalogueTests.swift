import Downhill
import DownhillLandscapes
import DownhillMatrix
import Foundation
import TestSupport
import Testing

/// Everything that a catalogue lists is one file that its name leads to, with its equation and its source; and every
/// such file is in a catalogue.
@Suite("Catalogue")
struct CatalogueTests {
  struct Family: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let folders: [String]
    let names: [String]
    /// Whether the equations stand in the doc comment; a landscape's formula is its `equation`.
    let hasEquations: Bool
    /// Functions that are nobody's invention.
    let withoutSource: Set<String>
  }

  static let families = [
    Family(
      testDescription: "rules", folders: ["Downhill/Rules", "DownhillMatrix/Rules"],
      names: Catalogue.full.rules.map { $0.name.description }, hasEquations: true, withoutSource: []),
    Family(
      testDescription: "wrappers", folders: ["Downhill/Wrappers"],
      names: Catalogue.full.wrappers.map { $0.name.description }, hasEquations: true, withoutSource: []),
    Family(
      testDescription: "perturbations", folders: ["Downhill/Perturbations"],
      names: Catalogue.full.perturbations.map { $0.name.description }, hasEquations: true, withoutSource: []),
    Family(
      testDescription: "second-order methods", folders: ["Downhill/SecondOrder"],
      names: Catalogue.full.methods.map { $0.name.description }, hasEquations: true, withoutSource: []),
    Family(
      testDescription: "landscapes", folders: ["DownhillLandscapes/Surfaces"],
      names: LandscapeCatalogue.standard.entries.map { $0.name.description }, hasEquations: false,
      withoutSource: ["saddle", "bowl"]),
    Family(
      testDescription: "matrix problems", folders: ["DownhillLandscapes/Matrices"],
      names: MatrixProblemCatalogue.standard.map { $0.name.description }, hasEquations: false, withoutSource: []),
  ]

  @Test("files and catalogue agree", arguments: families)
  func files(of family: Family) throws {
    var found: [String] = []
    for folder in family.folders {
      for file in Repository.swiftFiles(below: Repository.sources.appending(path: folder)) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: /static (?:let|var) name: StaticString = "([^"]+)"/) {
          let name = String(match.output.1)
          found.append(name)
          let stem = file.deletingPathExtension().lastPathComponent
          #expect(stem.lowercased() == name.replacing("-", with: ""), "\(name) is in \(stem).swift")
          guard let comment = documentation(of: stem, in: text) else {
            Issue.record("\(stem) has no documentation")
            continue
          }
          if family.hasEquations {
            #expect(comment.contains(/\n {4,}\S.*←/), "the documentation of \(stem) has no equation")
          }
          if !family.withoutSource.contains(name) {
            #expect(comment.contains(/(19|20)\d\d\b/), "the documentation of \(stem) names no source with its year")
            #expect(comment.contains(/(?s)\*[A-Z].{8,}?\*|arXiv:\d{4}\.\d{5}|https?:/), "\(stem): no title, no address")
          }
        }
      }
    }
    #expect(found.sorted() == family.names.sorted())
    #expect(Set(family.names).count == family.names.count)
  }

  @Test("every rule and wrapper has a golden trajectory")
  func golden() throws {
    struct Fixture: Decodable {
      struct Case: Decodable { let spec: String }
      let cases: [Case]
    }
    let specs = try ["golden.json", "matrix-rules.json"].flatMap { name in
      let data = try Data(contentsOf: Repository.fixtures.appending(path: name))
      return try JSONDecoder().decode(Fixture.self, from: data).cases.map { $0.spec }
    }
    let tested = Set(
      try specs.flatMap { spec in
        let parsed = try Catalogue.full.parse(spec)
        return [parsed.rule.entry.name.description] + parsed.wrappers.map { $0.entry.name.description }
      })
    let names = (Catalogue.full.rules.map { $0.name } + Catalogue.full.wrappers.map { $0.name }).map { $0.description }
    // Beside the path (averages), at random, or two rules after each other: Tests/DownhillTests/Wrappers has what they do.
    let elsewhere: Set = ["ema", "tail-average", "noise", "switch"]
    #expect(names.filter { !tested.contains($0) && !elsewhere.contains($0) } == [])
    for rule in Catalogue.full.rules {
      #expect(specs.contains { $0.hasPrefix("\(rule.name)") }, "\(rule.name) has no case without a wrapper")
    }
  }

  @Test("every perturbation and second-order method has reference paths")
  func secondOrder() throws {
    struct Fixture: Decodable {
      struct Case: Decodable { let spec: String }
      let cases: [Case]
    }
    let data = try Data(contentsOf: Repository.fixtures.appending(path: "second-order.json"))
    let specs = try JSONDecoder().decode(Fixture.self, from: data).cases.map { $0.spec }
    let names = Catalogue.full.perturbations.map { $0.name } + Catalogue.full.methods.map { $0.name }
    for name in names.map({ $0.description }) { #expect(specs.contains { $0.hasPrefix(name) }, "\(name)") }
  }

  @Test(
    "every rule says where it comes from and in what it differs", arguments: Catalogue.full.rules.map { Listed($0) })
  func description(of rule: Listed) {
    let about = rule.entry.about
    #expect(!about.references.isEmpty)
    #expect(about.references.allSatisfy { $0.description.contains(/(19|20)\d\d/) })
    #expect(about.equation.description.contains("←"))
    #expect(about.summary.description.hasSuffix("."))
    #expect(!about.differences.description.isEmpty)
    #expect(about.flopsPerWeight > 0)
    for knob in rule.entry.knobs { #expect(knob.help.description.hasSuffix("."), "\(knob.name)") }
  }

  struct Listed: Sendable, CustomTestStringConvertible {
    let entry: RuleEntry
    init(_ entry: RuleEntry) { self.entry = entry }
    var testDescription: String { entry.name.description }
  }

  /// The doc comment before the type's declaration, without its slashes.
  private func documentation(of type: String, in text: String) -> String? {
    var comment: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("///") {
        comment.append(line.dropFirst(3))
      } else if line.hasPrefix("public struct \(type):") || line.hasPrefix("public struct \(type)<") {
        return comment.isEmpty ? nil : "\n" + comment.joined(separator: "\n")
      } else if !line.hasPrefix("@") {
        comment = []
      }
    }
    return nil
  }
}
