import Downhill
import DownhillBase
import DownhillMatrix
import Foundation
import Testing

/// Tables, maps and whole matrices against references in forty digits (Tools/golden/orthogonalizers.py).
@Suite("Orthogonalisers against their references")
struct OrthogonalizerFixtureTests {
  struct Fixture: Decodable {
    struct Map: Decodable {
      let orthogonalizer: String
      let steps: Int
      let values: [Double]
    }
    struct Matrix: Decodable {
      let shape: [Int]
      let values: [Double]
    }
    struct Output: Decodable {
      let matrix: String
      let orthogonalizer: String
      let steps: Int
      let output: [Double]
    }
    let tables: [String: [[Double]]]
    let cushions: [String: Double]
    let sigmas: [Double]
    let maps: [Map]
    let matrices: [String: Matrix]
    let outputs: [Output]

    static let shared = Result {
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
      let data = try Data(contentsOf: tests.appending(path: "Fixtures/orthogonalizers.json"))
      return try JSONDecoder().decode(Fixture.self, from: data)
    }
  }

  private func method(_ name: String) -> Orthogonalizer.Method? {
    Orthogonalizer.Method.allCases.first { $0.knobName.description == name }
  }

  @Test("every table has the rows of its source, and every source a table")
  func tables() throws {
    let fixture = try Fixture.shared.get()
    #expect(Set(fixture.tables.keys) == Set(CoefficientTable.allCases.map { $0.knobName.description }))
    for table in CoefficientTable.allCases {
      let rows = try #require(fixture.tables[table.knobName.description])
      #expect(rows.count == table.rowCount, "\(table)")
      for (step, row) in (rows + [rows[rows.count - 1]]).enumerated() {
        let found = table.polynomial(at: step)
        #expect(greatestDifference([found.a, found.b, found.c], row) <= 0x1p-48, "\(table), step \(step)")
      }
      #expect(table.safety == fixture.cushions[table.knobName.description] ?? 1)
    }
  }

  @Test("every map takes every σ where it should, in 0 to 10 steps")
  func maps() throws {
    let fixture = try Fixture.shared.get()
    #expect(fixture.maps.count == 11 * CoefficientTable.allCases.count)
    for map in fixture.maps {
      guard case .newtonSchulz(let table) = method(map.orthogonalizer) else {
        Issue.record("\(map.orthogonalizer) is unknown")
        continue
      }
      let slope = (0..<map.steps).reduce(1) { $0 * max(table.polynomial(at: $1).a, 1) }
      for (sigma, value) in zip(fixture.sigmas, map.values) {
        let error = (table.map(sigma, steps: map.steps) - value).magnitude
        #expect(error <= 0x1p-52 * 4 * slope, "\(map.orthogonalizer), \(map.steps) steps, σ = \(sigma)")
      }
    }
  }

  @Test("every matrix, plainly and in the Gram form, in Double and Float")
  func outputs() throws {
    let fixture = try Fixture.shared.get()
    #expect(fixture.outputs.count >= 300)
    for known in fixture.outputs {
      let (matrix, found) = (try #require(fixture.matrices[known.matrix]), try #require(method(known.orthogonalizer)))
      let sample = MatrixSample(
        name: known.matrix, rows: matrix.shape[0], columns: matrix.shape[1], values: matrix.values)
      for algorithm in [Orthogonalization.Algorithm.plain, .gram] {
        let how = Orthogonalizer(found, steps: known.steps, algorithm: algorithm)
        // Where σ = 10⁻⁶ is made 1, errors are multiplied by a million.
        let isHard = how.iteration == nil && known.matrix == "ill-conditioned"
        func allowed(_ unit: Double) -> Double { isHard ? 1e8 * unit : how.allowance(unit: unit) }
        let label = "\(known.matrix), \(known.orthogonalizer), \(known.steps) steps, \(algorithm.knobName)"
        let error = greatestDifference(sample.orthogonalized(how, in: Double.self), known.output)
        #expect(error <= allowed(0x1p-52), "\(label): \(error)")
        if isHard { continue }
        let inFloat = greatestDifference(sample.orthogonalized(how, in: Float.self), known.output)
        #expect(inFloat <= allowed(0x1p-23), "\(label): \(inFloat) in Float")
      }
    }
  }
}
