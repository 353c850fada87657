import DownhillBase
import DownhillLandscapes
import Foundation

/// Tests/Fixtures/matrix-problems.json, written by Tools/golden/matrix_problems.py in NumPy.
struct MatrixProblemFixture: Decodable {
  struct Case: Decodable, CustomStringConvertible, Sendable {
    let problem: String
    let seed: UInt64
    let weights: [Double]
    let loss: Double
    let gradient: [Double]
    let minimum: Double?
    let distance: Double?
    let recall: Double?
    let tailRecall: Double?
    var description: String { "\(problem), seed \(seed)" }
  }

  let cases: [Case]

  static let shared = Result { try MatrixProblemFixture() }

  private init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    self = try JSONDecoder().decode(
      Self.self, from: try Data(contentsOf: tests.appending(path: "Fixtures/matrix-problems.json")))
  }
}

/// The entry of a problem's text, such as `associative-memory:items=20`, with the values of its knobs.
func matrixProblem(_ text: String) throws -> (entry: MatrixProblemEntry, values: [Double]) {
  struct Unknown: Error {}
  let pieces = text.split(separator: ":")
  guard let entry = MatrixProblemCatalogue.standard.first(where: { $0.name.description == pieces[0] }) else {
    throw Unknown()
  }
  var values = entry.knobs.map { $0.initial }
  for setting in pieces.dropFirst().first?.split(separator: ",") ?? [] {
    let sides = setting.split(separator: "=")
    guard let place = entry.knobs.firstIndex(where: { $0.name.description == sides[0] }), let value = Double(sides[1])
    else { throw Unknown() }
    values[place] = value
  }
  return (entry, values)
}

/// A problem in Double.
func matrixLoss(_ text: String, seed: UInt64 = 0) throws -> MatrixLoss<Double> {
  let (entry, values) = try matrixProblem(text)
  return try entry.double(values, seed)
}

extension MatrixLoss {
  mutating func gradient(at weights: [Scalar]) -> (loss: Double, gradient: [Scalar]) {
    var result = weights
    return (gradient(at: weights, into: &result), result)
  }

  func measure(_ name: String, at weights: [Scalar]) -> Double? {
    measures.first { $0.name.description == name }.map { $0.value(weights) }
  }
}
