import CNetworkKernels
import DownhillBase
import DownhillKernels

extension Tape {
  /// Attention of every head over the tokens before and at each place: softmax(Q·Kᵀ/√d)·V. Vaswani et al. 2017,
  /// arXiv:1706.03762.
  ///
  /// The scores of a block of queries exist while it is computed, and are computed again in the backward pass: no memory
  /// grows with the square of the length.
  /// - Parameters:
  ///   - qkv: [batch, length, 3·width]: queries, keys and values side by side, each cut into heads.
  ///   - heads: Divides the width.
  ///   - isCausal: Whether a token sees only itself and those before it.
  /// - Returns: [batch, length, width].
  public func attention(_ qkv: Value, heads: Int, isCausal: Bool = true) -> Value {
    let row = shape(of: qkv).dimensions[2]
    precondition(row % 3 == 0, "queries, keys and values are not \(row) numbers together")
    let parts = (0..<3).map { AttentionRows(value: qkv, column: $0 * (row / 3), row: row) }
    return attention(parts, shape(of: qkv).dimensions[0], shape(of: qkv).dimensions[1], row / 3, heads, isCausal)
  }

  /// The same of queries, keys and values that are apart.
  /// - Parameters:
  ///   - queries: [batch, length, width].
  ///   - keys: Of the same shape.
  ///   - values: Of the same shape.
  ///   - heads: Divides the width.
  ///   - isCausal: Whether a token sees only itself and those before it.
  /// - Returns: [batch, length, width].
  /// - Precondition: No two of them are one value.
  public func attention(_ queries: Value, keys: Value, values: Value, heads: Int, isCausal: Bool = true) -> Value {
    let inputs = [queries, keys, values]
    let dimensions = shape(of: queries).dimensions
    precondition(
      inputs.allSatisfy { shape(of: $0).dimensions == dimensions }, "queries, keys and values are of one shape")
    precondition(Set(inputs.map { base(of: $0) }).count == 3, "queries, keys and values are three values")
    let parts = inputs.map { AttentionRows(value: $0, column: 0, row: dimensions[2]) }
    return attention(parts, dimensions[0], dimensions[1], dimensions[2], heads, isCausal)
  }

  private func attention(
    _ parts: [AttentionRows], _ batch: Int, _ length: Int, _ width: Int, _ heads: Int, _ isCausal: Bool
  ) -> Value {
    precondition(width % heads == 0, "\(heads) heads do not divide \(width)")
    let output = make([batch, length, width])
    append(
      Attention(
        q: parts[0], k: parts[1], v: parts[2], output: output, scales: make([2, batch, heads, length]), batch: batch,
        length: length, width: width, heads: heads, isCausal: isCausal))
    return output
  }
}

/// Queries, keys or values: a row for each token, from a column of a value's rows on.
struct AttentionRows: Sendable {
  let value: Value
  let column: Int
  /// From one token's row to the next.
  let row: Int
}

struct Attention: Operation {
  let q, k, v: AttentionRows
  let output: Value
  /// The greatest score of each query; then 1/Σ e^(score − greatest) of each.
  let scales: Value
  let batch, length, width, heads: Int
  let isCausal: Bool

  var inputs: [Value] { q.value == k.value ? [q.value] : [q.value, k.value, v.value] }
  var outputs: [Value] { [output, scales] }
  var readsBackward: [Value] { inputs + [output, scales] }
  var workspacePerWorker: Int { 2 * aligned(block * length) }

  /// Scores and mean values of the pairs that see each other.
  var productFlops: Double {
    let pairs = isCausal ? length * (length + 1) / 2 : length * length
    return 4 * Double(batch * pairs) * Double(width)
  }

  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double { 2 * productFlops }

  private var headWidth: Int { width / heads }
  private var scale: Float { 1 / Float(headWidth).squareRoot() }
  /// Queries at a time: enough for a product's speed, few enough that little is computed that causality throws away.
  private var block: Int { min(length, 64) }

  /// Where the numbers of a head begin.
  func start(_ part: AttentionRows, _ item: Int, _ head: Int) -> Int {
    item * length * part.row + part.column + head * headWidth
  }

  func forward(_ memory: Memory) {
    let (queries, keys, values) = (memory(q.value), memory(k.value), memory(v.value))
    let (y, greatest, d) = (memory(output), memory(scales), headWidth)
    let inverses = greatest + batch * heads * length
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      let q = queries + start(self.q, item, head)
      let (k, v) = (keys + start(self.k, item, head), values + start(self.v, item, head))
      let target = y + item * length * width + head * d
      let scores = memory.workspace(of: worker)
      for first in stride(from: 0, to: length, by: block) {
        let queries = min(block, length - first)
        let keys = isCausal ? first + queries : length
        OneDNN.gemm(
          false, true, queries, keys, d, scale, q + first * self.q.row, self.q.row, k, self.k.row, 0, scores, keys)
        for query in 0..<queries {
          let (values, seen) = (scores + query * keys, isCausal ? first + query + 1 : keys)
          let place = index * length + first + query
          dh_softmax(values, greatest + place, inverses + place, seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        OneDNN.gemm(
          false, false, queries, d, keys, 1, scores, keys, v, self.v.row, 0, target + first * width, width)
      }
    }
  }

  func backward(_ memory: Memory) {
    let (queries, keys, values) = (memory(q.value), memory(k.value), memory(v.value))
    let (y, dy, greatest, d) = (memory(output), memory.gradient(output), memory(scales), headWidth)
    let inverses = greatest + batch * heads * length
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      let q = queries + start(self.q, item, head)
      let (k, v) = (keys + start(self.k, item, head), values + start(self.v, item, head))
      let (dq, dk) = (target(self.q, item, head, memory), target(self.k, item, head, memory))
      let dv = target(self.v, item, head, memory)
      let (out, dOut) = (y + item * length * width + head * d, dy + item * length * width + head * d)
      let p = memory.workspace(of: worker)
      let dp = p + aligned(block * length)
      for first in stride(from: 0, to: length, by: block) {
        let queries = min(block, length - first)
        let keys = isCausal ? first + queries : length
        OneDNN.gemm(
          false, true, queries, keys, d, scale, q + first * self.q.row, self.q.row, k, self.k.row, 0, p, keys)
        OneDNN.gemm(false, true, queries, keys, d, 1, dOut + first * width, width, v, self.v.row, 0, dp, keys)
        for query in 0..<queries {
          let (values, seen) = (p + query * keys, isCausal ? first + query + 1 : keys)
          let place = index * length + first + query
          dh_exp_shifted(values, values, greatest[place], inverses[place], seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        // The keys that this block is the first to reach have no gradient yet.
        let fresh = isCausal ? first : (first == 0 ? 0 : length)
        accumulate(p, keys, queries, dOut + first * width, width, into: dv, fresh, keys)
        for query in 0..<queries {
          let (values, seen) = (dp + query * keys, isCausal ? first + query + 1 : keys)
          let place = (first + query) * width
          let delta = dh_dot(out + place, dOut + place, d)
          dh_softmax_backward(p + query * keys, values, delta, scale, seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        if let dq {
          OneDNN.gemm(
            false, false, queries, d, keys, 1, dp, keys, k, self.k.row, dq.kept, dq.start + first * dq.row, dq.row)
        }
        accumulate(dp, keys, queries, q + first * self.q.row, self.q.row, into: dk, fresh, keys)
      }
    }
  }

  /// The gradient of a head's queries, keys or values, where it is wanted.
  private struct Target {
    let start: UnsafeMutablePointer<Float>
    let row: Int
    /// The factor of what is there already.
    let kept: Float
  }

  private func target(_ part: AttentionRows, _ item: Int, _ head: Int, _ memory: Memory) -> Target? {
    guard memory.wantsGradient(part.value) else { return nil }
    return Target(
      start: memory.gradient(part.value) + start(part, item, head), row: part.row,
      kept: memory.adds(to: part.value) ? 1 : 0)
  }

  /// target (+)= Aᵀ·B: rows below `fresh` hold something from blocks before.
  private func accumulate(
    _ a: UnsafePointer<Float>, _ keys: Int, _ queries: Int, _ b: UnsafePointer<Float>, _ bRow: Int,
    into target: Target?, _ fresh: Int, _ end: Int
  ) {
    guard let target else { return }
    let (d, row) = (headWidth, target.row)
    if fresh > 0 { OneDNN.gemm(true, false, fresh, d, queries, 1, a, keys, b, bRow, 1, target.start, row) }
    guard end > fresh else { return }
    OneDNN.gemm(
      true, false, end - fresh, d, queries, 1, a + fresh, keys, b, bRow, target.kept, target.start + fresh * row, row)
  }
}
