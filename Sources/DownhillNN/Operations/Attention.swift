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
    let dimensions = shape(of: qkv).dimensions
    let (batch, length, width) = (dimensions[0], dimensions[1], dimensions[2] / 3)
    precondition(dimensions[2] == 3 * width && width % heads == 0, "\(heads) heads do not divide \(dimensions[2]) / 3")
    let output = make([batch, length, width])
    append(
      Attention(
        qkv: qkv, output: output, logSums: make([batch, heads, length]), batch: batch, length: length, width: width,
        heads: heads, isCausal: isCausal))
    return output
  }
}

struct Attention: Operation {
  let qkv, output: Value
  /// ln Σ e^score of each query.
  let logSums: Value
  let batch, length, width, heads: Int
  let isCausal: Bool

  var inputs: [Value] { [qkv] }
  var outputs: [Value] { [output, logSums] }
  var readsBackward: [Value] { [qkv, output, logSums] }
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

  func forward(_ memory: Memory) {
    let (qkv, y, logSums) = (memory(qkv), memory(output), memory(logSums))
    let (row, d) = (3 * width, headWidth)
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      let q = qkv + item * length * row + head * d
      let (k, v) = (q + width, q + 2 * width)
      let target = y + item * length * width + head * d
      let scores = memory.workspace(of: worker)
      for first in stride(from: 0, to: length, by: block) {
        let queries = min(block, length - first)
        let keys = isCausal ? first + queries : length
        OneDNN.gemm(false, true, queries, keys, d, scale, q + first * row, row, k, row, 0, scores, keys)
        for query in 0..<queries {
          let (values, seen) = (scores + query * keys, isCausal ? first + query + 1 : keys)
          let logSum = dh_log_sum_exp(values, seen)
          logSums[index * length + first + query] = logSum
          dh_exp_shifted(values, values, logSum, 1, seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        OneDNN.gemm(false, false, queries, d, keys, 1, scores, keys, v, row, 0, target + first * width, width)
      }
    }
  }

  func backward(_ memory: Memory) {
    let (qkv, y, dy, logSums) = (memory(qkv), memory(output), memory.gradient(output), memory(logSums))
    let (dqkv, adds) = (memory.gradient(self.qkv), memory.adds(to: self.qkv))
    let (row, d) = (3 * width, headWidth)
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      let start = item * length * row + head * d
      let (q, dq) = (qkv + start, dqkv + start)
      let (k, v, dk, dv) = (q + width, q + 2 * width, dq + width, dq + 2 * width)
      let (out, dOut) = (y + item * length * width + head * d, dy + item * length * width + head * d)
      let p = memory.workspace(of: worker)
      let dp = p + aligned(block * length)
      for first in stride(from: 0, to: length, by: block) {
        let queries = min(block, length - first)
        let keys = isCausal ? first + queries : length
        OneDNN.gemm(false, true, queries, keys, d, scale, q + first * row, row, k, row, 0, p, keys)
        OneDNN.gemm(false, true, queries, keys, d, 1, dOut + first * width, width, v, row, 0, dp, keys)
        for query in 0..<queries {
          let (values, seen) = (p + query * keys, isCausal ? first + query + 1 : keys)
          dh_exp_shifted(values, values, logSums[index * length + first + query], 1, seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        // The keys that this block is the first to reach have no gradient yet.
        let old: Float = adds ? 1 : 0
        let fresh = isCausal ? first : (first == 0 ? 0 : length)
        accumulate(p, keys, queries, dOut + first * width, width, into: dv, row, fresh, keys, old)
        for query in 0..<queries {
          let (values, seen) = (dp + query * keys, isCausal ? first + query + 1 : keys)
          let place = (first + query) * width
          let delta = dh_dot(out + place, dOut + place, d)
          dh_softmax_backward(p + query * keys, values, delta, scale, seen)
          (values + seen).update(repeating: 0, count: keys - seen)
        }
        OneDNN.gemm(false, false, queries, d, keys, 1, dp, keys, k, row, old, dq + first * row, row)
        accumulate(dp, keys, queries, q + first * row, row, into: dk, row, fresh, keys, old)
      }
    }
  }

  /// target (+)= Aᵀ·B: rows below `fresh` hold something from blocks before.
  private func accumulate(
    _ a: UnsafePointer<Float>, _ keys: Int, _ queries: Int, _ b: UnsafePointer<Float>, _ bRow: Int,
    into target: UnsafeMutablePointer<Float>, _ row: Int, _ fresh: Int, _ end: Int, _ old: Float
  ) {
    let d = headWidth
    if fresh > 0 { OneDNN.gemm(true, false, fresh, d, queries, 1, a, keys, b, bRow, 1, target, row) }
    guard end > fresh else { return }
    OneDNN.gemm(
      true, false, end - fresh, d, queries, 1, a + fresh, keys, b, bRow, old, target + fresh * row, row)
  }
}
