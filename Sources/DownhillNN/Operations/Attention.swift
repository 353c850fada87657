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
  var readsBackward: [Value] { inputs + [scales] }
  var workspacePerWorker: Int { dh_attention_workspace(kernel) }

  /// Scores and mean values of the pairs that see each other.
  var productFlops: Double {
    let pairs = isCausal ? length * (length + 1) / 2 : length * length
    return 4 * Double(batch * pairs) * Double(width)
  }

  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double { 2 * productFlops }

  private var headWidth: Int { width / heads }

  private var kernel: dh_attention {
    dh_attention(
      length: length, width: headWidth, q_row: q.row, k_row: k.row, v_row: v.row, y_row: width,
      scale: 1 / Float(headWidth).squareRoot(), is_causal: isCausal ? 1 : 0)
  }

  /// Where the numbers of a head begin.
  func start(_ part: AttentionRows, _ item: Int, _ head: Int) -> Int {
    item * length * part.row + part.column + head * headWidth
  }

  func forward(_ memory: Memory) {
    let (queries, keys, values) = (memory(q.value), memory(k.value), memory(v.value))
    let (y, greatest, kernel) = (memory(output), memory(scales), kernel)
    let inverses = greatest + batch * heads * length
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      dh_attention_forward(
        kernel, queries + start(q, item, head), keys + start(k, item, head), values + start(v, item, head),
        y + item * length * width + head * headWidth, greatest + index * length, inverses + index * length,
        memory.workspace(of: worker))
    }
  }

  func backward(_ memory: Memory) {
    let (queries, keys, values) = (memory(q.value), memory(k.value), memory(v.value))
    let (dy, greatest, kernel) = (memory.gradient(output), memory(scales), kernel)
    let inverses = greatest + batch * heads * length
    memory.loop.forEachSingle(batch * heads) { index, worker in
      let (item, head) = (index / heads, index % heads)
      let place = item * length * width + head * headWidth
      dh_attention_backward(
        kernel, queries + start(q, item, head), keys + start(k, item, head), values + start(v, item, head), dy + place,
        greatest + index * length, inverses + index * length, target(q, item, head, memory),
        target(k, item, head, memory), target(v, item, head, memory), memory.workspace(of: worker))
    }
  }

  /// The gradient of a head's queries, keys or values.
  private func target(_ part: AttentionRows, _ item: Int, _ head: Int, _ memory: Memory) -> dh_attention_gradient {
    guard memory.wantsGradient(part.value) else { return dh_attention_gradient(start: nil, row: part.row, adds: 0) }
    return dh_attention_gradient(
      start: memory.gradient(part.value) + start(part, item, head), row: part.row,
      adds: memory.adds(to: part.value) ? 1 : 0)
  }
}
