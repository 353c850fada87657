import DownhillBase

/// Features that nobody measured.
enum DesignMatrix {
  /// Z, rows × columns, row-major.
  /// - Parameters:
  ///   - rows: At least 1.
  ///   - columns: At least 1.
  ///   - condition: Below 1, Z is standard normal as drawn. Else Z = U·S·Vᵀ with random orthonormal U and V, and S from 1
  ///     to `condition` in equal factors, scaled so that Σs² is that of a standard normal Z. U's columns have mean 0:
  ///     hence the singular values of X = [1 | Z] are those of Z and one between them, √rows, and X has exactly this
  ///     condition number. (Of Z's singular values min(rows − 1, columns) are not zero; a single one has no condition.)
  ///   - seed: Decides the numbers.
  static func make(rows: Int, columns: Int, condition: Double, seed: UInt64) -> [Double] {
    let rank = min(rows - 1, columns)
    guard condition >= 1, rank > 0 else {
      return normalNumbers(rows * columns, CounterRandom(seed: seed, stream: DataStream.inputs))
    }
    // The column of ones is made orthogonal to the others first and then left out.
    let ones = [Double](repeating: 1, count: rows)
    var left = ones + normalNumbers(rows * rank, CounterRandom(seed: seed, stream: DataStream.inputs))
    var right = normalNumbers(columns * rank, CounterRandom(seed: seed, stream: DataStream.directions))
    orthonormalize(&left, length: rows, count: rank + 1)
    orthonormalize(&right, length: columns, count: rank)
    let sigma = GeometricSequence.rising(to: condition, count: rank)
    var squares = 0.0
    for value in sigma { squares += value * value }
    let unit = (Double(rows) * Double(rank) / squares).squareRoot()
    for index in 0..<rank {
      for column in 0..<columns { right[index * columns + column] *= unit * sigma[index] }
    }
    var z = [Double](repeating: 0, count: rows * columns)
    left.withUnsafeBufferPointer { left in
      guard let start = left.baseAddress else { return }
      PlainMatrixProduct().multiply(
        .leftTransposed, start + rows, right, into: &z, rows: rows, inner: rank, columns: columns)
    }
    return z
  }

  /// The first numbers of a stream.
  static func normalNumbers(_ count: Int, _ random: CounterRandom) -> [Double] {
    (0..<count).map { random.normal(at: UInt64($0)) }
  }

  /// Gram and Schmidt over the columns, twice: the second pass removes what rounding left in the first.
  static func orthonormalize(_ values: inout [Double], length: Int, count: Int) {
    values.withUnsafeMutableBufferPointer { values in
      guard let start = values.baseAddress else { return }
      for index in 0..<count {
        let column = start + index * length
        for _ in 0..<2 {
          for other in 0..<index {
            let earlier = start + other * length
            let overlap = dot(earlier, column, count: length)
            for row in 0..<length { column[row] -= overlap * earlier[row] }
          }
          // Also after the first pass, so that the second sees no tiny numbers.
          let norm = dot(column, column, count: length).squareRoot()
          for row in 0..<length { column[row] /= norm }
        }
      }
    }
  }
}
