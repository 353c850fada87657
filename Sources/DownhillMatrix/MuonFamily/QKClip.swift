public import Downhill
public import DownhillBase

/// QK-clip: shrinks the weights that make the queries and keys of an attention head whose logits have grown too large.
///
///     γₕ = min(1, τ/Sₕ)
///     rows of head h of the queries' weights ← γₕ^α · rows,  of the keys' ← γₕ^(1 − α) · rows
///
/// with Sₕ the largest logit of head h, qᵢᵀkⱼ/√d over a batch: the next one is τ at most. It comes behind a step of any rule,
/// and is no part of it. Kimi Team 2025, *Kimi K2: Open Agentic Intelligence*, arXiv:2507.20534, section 2.1.
public struct QKClip: Sendable, BitwiseCopyable {
  /// What a weight makes.
  public enum Role: Sendable, BitwiseCopyable {
    case query, key
    /// The rotary queries of multi-head latent attention, whose keys are shared by all heads and stay as they are.
    case rotaryQuery
  }

  /// τ > 0, the largest logit that is left alone.
  public var threshold: Double
  /// α in [0, 1], the queries' share.
  public var alpha: Double

  public init(threshold: Double = 100, alpha: Double = 0.5) {
    self.threshold = threshold
    self.alpha = alpha
  }

  /// What the rows of a head are multiplied by; 1 for a logit that is not a number.
  public func factor(ofLargestLogit logit: Double, as role: Role) -> Double {
    guard logit > threshold else { return 1 }
    let share =
      switch role {
      case .query: alpha
      case .key: 1 - alpha
      case .rotaryQuery: 1.0
      }
    return Elementary.pow(threshold / logit, share)
  }

  /// Scales the rows of every head in place.
  /// - Parameters:
  ///   - weights: Row-major, [heads · rows a head, inputs].
  ///   - shape: The shape of the weights.
  ///   - role: What they make.
  ///   - logits: The largest logit of each query head. Where there are fewer heads of keys (grouped queries), each serves as
  ///     many in a row, and takes the largest of theirs.
  ///   - heads: How many heads these weights have; nil for as many as there are logits.
  /// - Throws: A `QKClipError` where numbers do not fit.
  public func clip<Scalar: WeightScalar>(
    _ weights: inout [Scalar], _ shape: Shape, as role: Role, largestLogits logits: [Double], heads: Int? = nil
  ) throws(QKClipError) {
    let heads = heads ?? logits.count
    if weights.count != shape.count { throw .weights(count: weights.count, shape: shape) }
    if heads < 1 || logits.count % heads != 0 { throw .logits(count: logits.count, heads: heads) }
    if shape.rows % heads != 0 { throw .rows(count: shape.rows, heads: heads) }
    let (group, length) = (logits.count / heads, shape.count / heads)
    for head in 0..<heads {
      var largest = logits[head * group]
      for other in head * group..<(head + 1) * group where logits[other] > largest { largest = logits[other] }
      let factor = factor(ofLargestLogit: largest, as: role)
      guard factor != 1 else { continue }
      for place in head * length..<(head + 1) * length {
        weights[place] = Scalar(nearest: factor * weights[place].wide)
      }
    }
  }
}

/// Why weights, heads and logits do not fit each other.
public enum QKClipError: Error, Equatable, CustomStringConvertible {
  case weights(count: Int, shape: Shape)
  case logits(count: Int, heads: Int)
  case rows(count: Int, heads: Int)

  public var description: String {
    switch self {
    case .weights(let count, let shape): "\(count) weights are not of shape \(shape)"
    case .logits(let count, let heads):
      "\(count) logits are no multiple of \(heads) heads; one a query head is expected"
    case .rows(let count, let heads): "\(count) rows are no multiple of \(heads) heads"
    }
  }
}
