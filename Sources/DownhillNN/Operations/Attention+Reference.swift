import DownhillBase

extension Attention {
  private var d: Int { width / heads }

  /// The softmax of the scores of one query, and its places in `qkv`.
  private func weights(_ qkv: [Double], _ item: Int, _ head: Int, _ query: Int) -> [Double] {
    let row = 3 * width
    let start = item * length * row + head * d
    let seen = isCausal ? query + 1 : length
    let scores = (0..<seen).map { key in
      (0..<d).reduce(0.0) { $0 + qkv[start + query * row + $1] * qkv[start + key * row + width + $1] }
        / Double(d).squareRoot()
    }
    let most = scores.max() ?? 0
    let powers = scores.map { Elementary.exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (qkv, row) = (reference[qkv], 3 * width)
    var y = [Double](repeating: 0, count: batch * length * width)
    for item in 0..<batch {
      for head in 0..<heads {
        for query in 0..<length {
          let p = weights(qkv, item, head, query)
          for (key, weight) in p.enumerated() {
            for i in 0..<d {
              y[(item * length + query) * width + head * d + i] +=
                weight * qkv[(item * length + key) * row + 2 * width + head * d + i]
            }
          }
        }
      }
    }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (qkv, dy, row) = (reference[qkv], reference[gradient: output], 3 * width)
    var gradient = [Double](repeating: 0, count: qkv.count)
    for item in 0..<batch {
      for head in 0..<heads {
        let start = item * length * row + head * d
        for query in 0..<length {
          let p = weights(qkv, item, head, query)
          let out = (item * length + query) * width + head * d
          let dp = p.indices.map { key in
            (0..<d).reduce(0.0) { $0 + dy[out + $1] * qkv[start + key * row + 2 * width + $1] }
          }
          let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
          for key in p.indices {
            let dScore = p[key] * (dp[key] - mean) / Double(d).squareRoot()
            for i in 0..<d {
              gradient[start + query * row + i] += dScore * qkv[start + key * row + width + i]
              gradient[start + key * row + width + i] += dScore * qkv[start + query * row + i]
              gradient[start + key * row + 2 * width + i] += p[key] * dy[out + i]
            }
          }
        }
      }
    }
    reference.add(gradient, to: self.qkv)
  }
}
