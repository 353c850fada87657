import DownhillLandscapes
import Testing

@Suite("The list of landscapes and data problems")
struct LandscapeListingTests {
  private static let entries = LandscapeCatalogue.standard.entries

  @Test("has every landscape with its knobs, start, minima and saddles")
  func landscapes() async throws {
    let listing = try await json(["landscapes"])
    #expect(try listing.names == ["landscapes", "dataProblems", "matrixProblems"])
    let landscapes = try listing["landscapes"].elements
    #expect(landscapes.count == Self.entries.count)
    for (found, entry) in zip(landscapes, Self.entries) {
      let landscape = try entry.makeDefault()
      #expect(try found["name"].string == entry.name.description)
      #expect(try found["equation"].string == entry.equation.description)
      #expect(try found["dimension"].double == Double(landscape.dimension))
      #expect(try found["start"].doubles == landscape.start)
      #expect(try found["domain"].elements.map { try $0.doubles } == landscape.domain.map { [$0.lower, $0.upper] })
      #expect(try found["minima"].elements.count == landscape.minima.count)
      #expect(try found["saddles"].elements.count == landscape.saddles.count)
      #expect(try found["knobs"].elements.map { try $0["name"].string } == entry.knobs.map { $0.name.description })
      for (point, known) in zip(try found["minima"].elements, landscape.minima) {
        #expect(try point["name"].string == known.name && point["point"].doubles == known.coordinates)
        #expect(try point["value"].double == landscape.double.value(known.coordinates))
      }
    }
  }

  @Test("knows Himmelblau's four minima and the lowest point of Styblinski-Tang")
  func knownMinima() async throws {
    let landscapes = try await json(["landscapes"])["landscapes"].elements
    let himmelblau = try #require(try landscapes.first { try $0["name"].string == "himmelblau" })
    let minima = try himmelblau["minima"].elements
    #expect(minima.count == 4 && minima.contains { (try? $0["point"].doubles) == [3, 2] })
    // Each is a root to some roundings of terms of size 11, squared.
    #expect(try minima.allSatisfy { try $0["value"].double.magnitude < 1e-24 })
    let tang = try #require(try landscapes.first { try $0["name"].string == "styblinski-tang" })
    #expect(abs(try tang["minima"].elements[0]["value"].double + 78.33233140754282) < 1e-11)
  }

  @Test("has the data problems with the knobs of the data that they make")
  func dataProblems() async throws {
    let problems = try await json(["landscapes"])["dataProblems"].elements
    #expect(try problems.map { try $0["name"].string } == ["logistic-regression", "linear-regression"])
    let knobs = try problems.map { try $0["knobs"].elements.map { try $0["name"].string } }
    let common = ["loss", "start", "rows", "features", "noise", "condition"]
    for names in knobs { #expect(Set(names).isSuperset(of: common)) }
    #expect(knobs[0].contains("classes") && knobs[1].contains("outputs"))
  }

  @Test("has the matrix problems with their knobs")
  func matrixProblems() async throws {
    let problems = try await json(["landscapes"])["matrixProblems"].elements
    #expect(
      try problems.map { try $0["name"].string } == MatrixProblemCatalogue.standard.map { $0.name.description })
    for problem in problems {
      #expect(try problem.names == ["name", "summary", "equation", "knobs"])
      let knobs = try problem["knobs"].elements.map { try $0["name"].string }
      #expect(Set(knobs).isSuperset(of: ["rows", "columns", "start-scale"]))
    }
  }

  @Test("as text has a line each, and says how settings are written")
  func text() async throws {
    let text = try await output(["landscapes"])
    let lines = text.split(separator: "\n")
    let problems = ["logistic-regression", "linear-regression", "matrix-least-squares", "associative-memory"]
    for name in Self.entries.map({ $0.name.description }) + problems {
      #expect(lines.contains { $0.hasPrefix("\(name) ") }, "\(name)")
    }
    #expect(text.contains("rosenbrock:a=1,b=50"))
  }
}
