import DownhillBase
import DownhillKernels

extension Tape {
  /// op(A)·op(B) for each item of a batch, op the transpose or nothing.
  /// - Parameters:
  ///   - a: [batch, m, k]; [batch, k, m] where it is transposed.
  ///   - b: [batch, k, n]; [batch, n, k] where it is transposed.
  ///   - transposesA: Whether A is transposed.
  ///   - transposesB: Whether B is transposed.
  /// - Returns: [batch, m, n].
  /// - Precondition: A and B are two values.
  public func batchedProduct(_ a: Value, _ b: Value, transposesA: Bool = false, transposesB: Bool = false) -> Value {
    let (a, b) = (plain(a), plain(b))
    let (dA, dB) = (shape(of: a).dimensions, shape(of: b).dimensions)
    let (m, k) = transposesA ? (dA[2], dA[1]) : (dA[1], dA[2])
    let n = transposesB ? dB[1] : dB[2]
    precondition(dA[0] == dB[0] && k == (transposesB ? dB[2] : dB[1]), "\(dA) and \(dB) cannot be multiplied")
    precondition(base(of: a) != base(of: b), "a product's factors are two values")
    let output = make([dA[0], m, n])
    append(
      BatchedProduct(
        a: a, b: b, output: output, transposesA: transposesA, transposesB: transposesB, batch: dA[0], m: m, n: n, k: k))
    return output
  }
}

struct BatchedProduct: Operation {
  let a, b, output: Value
  let transposesA, transposesB: Bool
  let batch, m, n, k: Int

  var inputs: [Value] { [a, b] }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [a, b] }

  private var rowA: Int { transposesA ? m : k }
  private var rowB: Int { transposesB ? k : n }

  func forward(_ memory: Memory) {
    let (a, b, y) = (memory(a), memory(b), memory(output))
    memory.loop.forEachSingle(batch) { item, _ in
      OneDNN.gemm(
        transposesA, transposesB, m, n, k, 1, a + item * m * k, rowA, b + item * k * n, rowB, 0, y + item * m * n, n)
    }
  }

  func backward(_ memory: Memory) {
    let (aValues, bValues, dy) = (memory(a), memory(b), memory.gradient(output))
    let dA = memory.wantsGradient(a) ? memory.gradient(a) : nil
    let dB = memory.wantsGradient(b) ? memory.gradient(b) : nil
    let (keptA, keptB): (Float, Float) = (memory.adds(to: a) ? 1 : 0, memory.adds(to: b) ? 1 : 0)
    memory.loop.forEachSingle(batch) { item, _ in
      let (a, b, dy) = (aValues + item * m * k, bValues + item * k * n, dy + item * m * n)
      // dA = dY·op(B)ᵀ and dB = op(A)ᵀ·dY, each transposed where its factor is.
      if let dA = dA.map({ $0 + item * m * k }) {
        if transposesA {
          OneDNN.gemm(transposesB, true, k, m, n, 1, b, rowB, dy, n, keptA, dA, rowA)
        } else {
          OneDNN.gemm(false, !transposesB, m, k, n, 1, dy, n, b, rowB, keptA, dA, rowA)
        }
      }
      if let dB = dB.map({ $0 + item * k * n }) {
        if transposesB {
          OneDNN.gemm(true, transposesA, n, k, m, 1, dy, n, a, rowA, keptB, dB, rowB)
        } else {
          OneDNN.gemm(!transposesA, false, k, n, m, 1, a, rowA, dy, n, keptB, dB, rowB)
        }
      }
    }
  }

  /// Where a factor's numbers lie.
  private func placeA(_ item: Int, _ row: Int, _ i: Int) -> Int {
    item * m * k + (transposesA ? i * m + row : row * k + i)
  }

  private func placeB(_ item: Int, _ i: Int, _ column: Int) -> Int {
    item * k * n + (transposesB ? column * k + i : i * n + column)
  }

  /// Calls `body` for each product of two numbers that a sum has.
  private func forEachTerm(_ body: (_ output: Int, _ a: Int, _ b: Int) -> Void) {
    for item in 0..<batch {
      for row in 0..<m {
        for column in 0..<n {
          for i in 0..<k { body((item * m + row) * n + column, placeA(item, row, i), placeB(item, i, column)) }
        }
      }
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (a, b) = (reference[a], reference[b])
    var y = [Double](repeating: 0, count: batch * m * n)
    forEachTerm { y[$0] += a[$1] * b[$2] }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (aValues, bValues, dy) = (reference[a], reference[b], reference[gradient: output])
    var dA = [Double](repeating: 0, count: aValues.count)
    var dB = [Double](repeating: 0, count: bValues.count)
    forEachTerm { place, a, b in
      dA[a] += dy[place] * bValues[b]
      dB[b] += dy[place] * aValues[a]
    }
    reference.add(dA, to: a)
    reference.add(dB, to: b)
  }
}
