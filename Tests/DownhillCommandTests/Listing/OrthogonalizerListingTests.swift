import Foundation
import TestSupport
import Testing

@Suite("The list of orthogonalizers")
struct OrthogonalizerListingTests {
  private static let names = [
    "quintic", "you", "polar-express", "polar-express-safe", "cans", "classic", "cubic", "cubic5", "deepseek", "aol",
    "svd", "jacobi",
  ]

  @Test("holds every choice of muon's, with its coefficients and its map")
  func contract() async throws {
    let listed = try await json(["orthogonalizers"])["orthogonalizers"].elements
    #expect(try listed.map { try $0["name"].string } == Self.names)
    let knobs = try await json(["rules", "muon"])["knobs"].elements
    let knob = try #require(try knobs.first { try $0["name"].string == "orthogonalizer" })
    #expect(try knob["choices"].elements.map { try $0.string } == Self.names)
    for entry in listed {
      let (sigma, values) = (try entry["sigma"].doubles, try entry["values"].doubles)
      #expect(sigma.count == 81 && values.count == 81)
      #expect((sigma[0] - 1e-4).magnitude < 1e-18 && sigma[80] == 1)
      guard try entry.names.contains("coefficients") else {
        #expect(values.allSatisfy { $0 == 1 })
        continue
      }
      let rows = try entry["coefficients"].elements.map { try $0.doubles }
      #expect(try entry["steps"].double == Double(rows.count))
      for (sigma, wanted) in zip(sigma, values) {
        var value = sigma / (try entry["safety"].double)
        for row in rows { value *= row[0] + value * value * (row[1] + value * value * row[2]) }
        #expect((value - wanted).magnitude < 1e-12)
      }
    }
  }

  @Test("is a table that --steps changes")
  func text() async throws {
    let text = try await output(["orthogonalizers"])
    for name in Self.names { #expect(text.contains("\n\(name) "), "\(name)") }
    // Jordan's five steps take 10⁻³ to 0.4705, and [10⁻², 1] to [0.6818, 1.1344].
    #expect(text.contains(#/\nquintic +5 +485 .* 0\.4705 +0\.6989 +0\.6818 to 1\.134 /#))
    #expect(try await output(["orthogonalizers", "--steps", "3"]).contains(#/\nquintic +3 +40\.9 /#))
  }

  @Test("is drawn with a line each")
  func picture() async throws {
    let folder = try TemporaryFolder()
    _ = try await output(["orthogonalizers", "--out", folder.file("maps.svg")])
    let drawing = try String(contentsOfFile: folder.file("maps.svg"), encoding: .utf8)
    for name in Self.names.dropLast(2) { #expect(drawing.contains(">\(name), "), "\(name)") }
  }
}
