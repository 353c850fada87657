public import DownhillBase

/// A linear associative memory of facts that are met with Zipf's frequencies:
///
///     L(W) = −Σᵢ pᵢ log softmax(V·W·kᵢ)ᵢ,  pᵢ ∝ i^(−exponent)
///
/// where fact i wants the value vᵢ (row i of V) for the key kᵢ; keys and values are normal embeddings of variance one over
/// their length, so of length 1 about. W is (length of values) × (length of keys). Where there are more facts than
/// dimensions they lie over each other, and the rare ones are learned last: the model on which Wang et al. find Muon
/// ahead of Adam. Of the frequencies of the facts each step sees the exact expectation; `--noise` adds to gradients.
///
/// Gradient: Σᵢ pᵢ (Vᵀπᵢ − vᵢ)·kᵢᵀ, πᵢ the softmax. At W = 0 the loss is log(items). No lower bound but 0 is known in
/// closed form; 0 is the infimum where the keys are linearly independent.
///
/// Cabannes, Dohmatob, Bietti 2024, *Scaling Laws for Associative Memories*, arXiv:2310.02984; Wang et al. 2025, *Muon
/// Outperforms Adam in Tail-End Associative Memory Learning*, arXiv:2509.26030.
public struct AssociativeMemory: MatrixProblem {
  /// The length of a value, the rows of W.
  public var rows = 32
  /// The length of a key, the columns of W.
  public var columns = 32
  /// How many facts.
  public var items = 128
  /// That of Zipf's law.
  public var exponent = 1.0
  /// The standard deviation of each number of W at the start.
  public var startScale = 0.0

  public init() {}

  public static let name: StaticString = "associative-memory"
  public static let summary: StaticString =
    "Recalls the value of each key, of facts whose frequencies follow Zipf's law."
  public static let equation: StaticString = "L(W) = −Σᵢ pᵢ log softmax(V·W·kᵢ)ᵢ, pᵢ ∝ i^(−exponent)"
  public static var knobs: [Knob<Self>] {
    [
      .integer("rows", in: .side, "Length of a value, the rows of W.", { $0.rows }, { $0.rows = $1 }),
      .integer("columns", in: .side, "Length of a key, the columns of W.", { $0.columns }, { $0.columns = $1 }),
      .integer("items", in: KnobRange(2, 4096), "Number of facts.", { $0.items }, { $0.items = $1 }),
      .number(
        "exponent", in: KnobRange(0, 10), "Exponent of Zipf's law; 0 makes all facts as frequent.", { $0.exponent },
        { $0.exponent = $1 }),
      .number(
        "start-scale", in: .startScale, "Standard deviation of each number of W at the start.", { $0.startScale },
        { $0.startScale = $1 }),
    ]
  }

  public func makeLoss<Scalar: LaneScalar>(of _: Scalar.Type, seed: UInt64) -> MatrixLoss<Scalar> {
    let memory = Facts<Scalar>(self, seed: seed)
    return MatrixLoss(
      parts: [.init(name: "W", shape: [rows, columns])],
      start: startWeights(rows * columns, scale: startScale, seed: seed), minimum: nil,
      // ½ bounds the softmax's own; keys and values are of length 1, the most frequent fact weighs p₁.
      curvature: 0.5 * memory.frequencies[0], scale: 1,
      measures: [
        .init(name: "recall") { memory.recall(at: $0, from: 0) },
        .init(name: "tailRecall") { memory.recall(at: $0, from: memory.count / 2) },
      ], scratchCount: memory.count * (2 * rows + memory.count)
    ) { memory.gradient(at: $0, into: $1, scratch: $2) }
  }
}

/// The facts of an associative memory.
private struct Facts<Scalar: LaneScalar>: Sendable {
  let rows, columns, count: Int
  /// Falling; their sum is 1.
  let frequencies: [Double]
  /// Keys, count × columns, and values, count × rows; each also transposed, so that every product runs along rows.
  private let keys, keyColumns, values, valueColumns: [Scalar]

  init(_ settings: AssociativeMemory, seed: UInt64) {
    (rows, columns, count) = (settings.rows, settings.columns, settings.items)
    let weights = (0..<count).map { Elementary.pow(Double($0 + 1), -settings.exponent) }
    let sum = weights.reduce(0, +)
    frequencies = weights.map { $0 / sum }
    (keys, keyColumns) = Self.embeddings(count, columns, CounterRandom(seed: seed, stream: DataStream.keys))
    (values, valueColumns) = Self.embeddings(count, rows, CounterRandom(seed: seed, stream: DataStream.values))
  }

  private static func embeddings(
    _ count: Int, _ length: Int, _ random: CounterRandom
  ) -> (rows: [Scalar], columns: [Scalar]) {
    let size = (1 / Double(length)).squareRoot()
    let rows = (0..<count * length).map { Scalar(nearest: size * random.normal(at: UInt64($0))) }
    var columns = rows
    for row in 0..<count {
      for column in 0..<length { columns[column * count + row] = rows[row * length + column] }
    }
    return (rows, columns)
  }

  /// Z = (W·Kᵀ)ᵀ·Vᵀ: a row of scores for each fact.
  private func scores(
    at weights: UnsafePointer<Scalar>, into scores: UnsafeMutablePointer<Scalar>, half: UnsafeMutablePointer<Scalar>
  ) {
    let product = PlainMatrixProduct()
    product.multiply(.plain, weights, keyColumns, into: half, rows: rows, inner: columns, columns: count)
    product.multiply(.leftTransposed, half, valueColumns, into: scores, rows: count, inner: rows, columns: count)
  }

  func gradient(
    at weights: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>
  ) -> Double {
    let (half, residuals) = (scratch, scratch + 2 * rows * count)
    scores(at: weights, into: residuals, half: half)
    var loss = 0.0
    for fact in 0..<count { loss += residual(residuals + fact * count, fact) }
    let pulls = half + rows * count
    let product = PlainMatrixProduct()
    product.multiply(.plain, residuals, values, into: pulls, rows: count, inner: count, columns: rows)
    product.multiply(.leftTransposed, pulls, keys, into: gradient, rows: rows, inner: count, columns: columns)
    return loss
  }

  /// z ← p·(softmax(z) − 1 at the fact), from exp(z − max z), which cannot overflow.
  /// - Returns: p times the fact's loss.
  private func residual(_ z: UnsafeMutablePointer<Scalar>, _ fact: Int) -> Double {
    let top = largest(z)
    let (maximum, own) = (z[top].wide, z[fact].wide)
    var (withoutTop, withoutFact) = (0.0, 0.0)
    for other in 0..<count {
      let power = Elementary.exp(z[other].wide - maximum)
      z[other] = Scalar(nearest: power)
      if other != top { withoutTop += power }
      if other != fact { withoutFact += power }
    }
    let sum = 1 + withoutTop
    let share = frequencies[fact] / sum
    for other in 0..<count { z[other] = Scalar(nearest: share * z[other].wide) }
    // As the sum of the others, which keeps its digits however near the fact's share is to 1.
    z[fact] = Scalar(nearest: -share * withoutFact)
    return frequencies[fact] * (maximum - own + Elementary.log1p(withoutTop))
  }

  private func largest(_ z: UnsafePointer<Scalar>) -> Int {
    var best = 0
    for other in 1..<count where z[other] > z[best] { best = other }
    return best
  }

  /// The share of facts, from one on, whose own value has the largest score; weights that are not finite recall nothing.
  func recall(at weights: UnsafePointer<Scalar>, from first: Int) -> Double {
    var half = [Scalar](repeating: Scalar(nearest: 0), count: rows * count)
    var z = [Scalar](repeating: Scalar(nearest: 0), count: count * count)
    scores(at: weights, into: &z, half: &half)
    var hits = 0
    z.withUnsafeBufferPointer { z in
      guard let start = z.baseAddress else { return }
      for fact in first..<count where start[fact * count + fact].wide.isFinite {
        if largest(start + fact * count) == fact { hits += 1 }
      }
    }
    return Double(hits) / Double(count - first)
  }
}
