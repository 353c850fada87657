import DownhillBase

extension Attention {
  private var d: Int { width / heads }

  /// The places of a token's numbers in one head.
  private func places(_ part: AttentionRows, _ item: Int, _ head: Int, _ token: Int) -> Range<Int> {
    let first = start(part, item, head) + token * part.row
    return first..<first + d
  }

  private func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The softmax of the scores of one query.
  private func weights(_ q: [Double], _ k: [Double], _ item: Int, _ head: Int, _ query: Int) -> [Double] {
    let seen = isCausal ? query + 1 : length
    let scores = (0..<seen).map { key in
      dot(q[places(self.q, item, head, query)], k[places(self.k, item, head, key)]) / Double(d).squareRoot()
    }
    let most = scores.max() ?? 0
    let powers = scores.map { Elementary.exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  private func forEachQuery(_ body: (_ item: Int, _ head: Int, _ query: Int, _ output: Range<Int>) -> Void) {
    for item in 0..<batch {
      for head in 0..<heads {
        for query in 0..<length {
          let first = (item * length + query) * width + head * d
          body(item, head, query, first..<first + d)
        }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (q, k, v) = (reference[q.value], reference[k.value], reference[v.value])
    var y = [Double](repeating: 0, count: batch * length * width)
    forEachQuery { item, head, query, output in
      for (key, weight) in weights(q, k, item, head, query).enumerated() {
        for (place, source) in zip(output, places(self.v, item, head, key)) { y[place] += weight * v[source] }
      }
    }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (q, k, v) = (reference[q.value], reference[k.value], reference[v.value])
    let dy = reference[gradient: output]
    var gradients = [q, k, v].map { [Double](repeating: 0, count: $0.count) }
    forEachQuery { item, head, query, output in
      let p = weights(q, k, item, head, query)
      let dp = p.indices.map { dot(dy[output], v[places(self.v, item, head, $0)]) }
      let mean = dot(p[...], dp[...])
      for key in p.indices {
        let dScore = p[key] * (dp[key] - mean) / Double(d).squareRoot()
        let (atQ, atK) = (places(self.q, item, head, query), places(self.k, item, head, key))
        for (place, source) in zip(atQ, atK) {
          gradients[0][place] += dScore * k[source]
          gradients[1][source] += dScore * q[place]
        }
        for (place, source) in zip(output, places(self.v, item, head, key)) {
          gradients[2][source] += p[key] * dy[place]
        }
      }
    }
    for (part, gradient) in zip([self.q, self.k, self.v], gradients) { reference.add(gradient, to: part.value) }
  }
}
