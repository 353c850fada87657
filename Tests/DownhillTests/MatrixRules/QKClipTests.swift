import Downhill
import DownhillBase
import DownhillMatrix
import Foundation
import Testing

@Suite("QK-clip")
struct QKClipTests {
  struct Fixture: Decodable {
    struct Operation: Decodable {
      let name: String
      let role: String
      let alpha: Double
      let threshold: Double
      let shape: [Int]
      let logits: [Double]
      let weights: [Double]
      let output: [Double]
    }
    let operations: [Operation]
  }

  @Test("scales the rows of each head as its reference does")
  func reference() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/matrix-rules.json"))
    let operations = try JSONDecoder().decode(Fixture.self, from: data).operations.filter { $0.name == "qk-clip" }
    #expect(operations.count >= 12)
    for known in operations {
      let clip = QKClip(threshold: known.threshold, alpha: known.alpha)
      var weights = known.weights
      try clip.clip(
        &weights, Shape(known.shape), as: known.role == "query" ? .query : .key, largestLogits: known.logits)
      #expect(greatestDifference(weights, known.output) < 1e-14)
    }
  }

  /// q = W_q x and k = W_k x, of two heads a key head where queries are grouped.
  @Test("brings the largest logit of every head to the threshold at most", arguments: [4, 2, 1])
  func bound(_ keyHeads: Int) throws {
    let (heads, size, width, count) = (4, 3, 5, 6)
    let shape: Shape = [heads * size, width]
    var queries: [Double] = SampleData.weights(shape.count).map { (value: Double) in 4 * value }
    var keys: [Double] = SampleData.gradient(keyHeads * size * width, step: 1)
    let inputs: [Double] = SampleData.weights(count * width)
    func made(_ weights: [Double], _ row: Int, _ input: Int) -> Double {
      (0..<width).reduce(0) { $0 + weights[row * width + $1] * inputs[input * width + $1] }
    }
    func logits() -> [Double] {
      (0..<heads).map { head in
        let keyHead = head / (heads / keyHeads)
        var largest = -Double.infinity
        for i in 0..<count {
          for j in 0..<count {
            let logit = (0..<size).reduce(0) {
              $0 + made(queries, head * size + $1, i) * made(keys, keyHead * size + $1, j)
            }
            largest = max(largest, logit / Double(size).squareRoot())
          }
        }
        return largest
      }
    }
    let before = logits()
    let clip = QKClip(threshold: before.sorted()[1])
    try clip.clip(&queries, shape, as: .query, largestLogits: before)
    try clip.clip(&keys, [keyHeads * size, width], as: .key, largestLogits: before, heads: keyHeads)
    for (found, was) in zip(logits(), before) {
      #expect(found <= clip.threshold * (1 + 1e-12))
      if keyHeads == heads { #expect((found - min(was, clip.threshold)).magnitude < 1e-12 * was) }
    }
  }

  @Test("leaves alone what is small, negative or no number; rotary queries take all of it")
  func factors() {
    let clip = QKClip(threshold: 100, alpha: 0.25)
    for logit in [100, 3, 0, -500, Double.nan] { #expect(clip.factor(ofLargestLogit: logit, as: .query) == 1) }
    let product = clip.factor(ofLargestLogit: 400, as: .query) * clip.factor(ofLargestLogit: 400, as: .key)
    #expect((product - 0.25).magnitude < 1e-15)
    #expect(clip.factor(ofLargestLogit: 400, as: .rotaryQuery) == 0.25)
  }

  @Test("says what does not fit")
  func errors() {
    let clip = QKClip()
    var weights = [Float](repeating: 1, count: 12)
    #expect(throws: QKClipError.weights(count: 12, shape: [4, 4])) {
      try clip.clip(&weights, [4, 4], as: .key, largestLogits: [1, 2])
    }
    #expect(throws: QKClipError.logits(count: 3, heads: 2)) {
      try clip.clip(&weights, [4, 3], as: .key, largestLogits: [1, 2, 3], heads: 2)
    }
    #expect(throws: QKClipError.rows(count: 4, heads: 3)) {
      try clip.clip(&weights, [4, 3], as: .key, largestLogits: [1, 2, 3])
    }
    #expect(throws: QKClipError.logits(count: 0, heads: 0)) {
      try clip.clip(&weights, [4, 3], as: .key, largestLogits: [])
    }
    #expect(QKClipError.rows(count: 4, heads: 3).description == "4 rows are no multiple of 3 heads")
    #expect(weights == [Float](repeating: 1, count: 12))
  }
}
