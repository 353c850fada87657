import Foundation

/// Tests/Fixtures/matrix-rules.json, written by Tools/golden/matrix.py.
struct MatrixRuleFixture: Decodable {
  struct Problem: Decodable {
    let shape: [Int]
    let weights: [Double]
    /// One for each step.
    let gradients: [[Double]]
  }

  struct Part: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  /// What an optimizer holds that has taken some steps before the first gradient.
  struct Start: Decodable {
    let step: Int
    let parts: [String: Part]
  }

  struct Case: Decodable {
    let name: String
    let spec: String
    let problem: String
    let start: Start?
    /// The weights after some of the steps.
    let after: [String: [Double]]
    /// The state in the end, of some cases.
    let end: [String: Part]?
    /// The largest |W − W₀| in the end.
    let moved: Double
    /// How far the reference in float32 is off, at worst.
    let float32Error: Double
  }

  let problems: [String: Problem]
  let cases: [Case]

  static let shared = Result { try MatrixRuleFixture() }

  private init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/matrix-rules.json"))
    self = try JSONDecoder().decode(Self.self, from: data)
  }
}
