import Downhill
import DownhillBase

/// One side's factor of Kron: an upper triangular matrix, row by row with its zeros, or a diagonal.
struct TriangularFactor<Scalar: WeightScalar> {
  let q: UnsafeMutablePointer<Scalar>
  /// The side's length.
  let count: Int
  let isTriangular: Bool

  /// What a fit takes.
  struct Memory {
    fileprivate let first, second, third: WorkspacePart<Scalar>
    fileprivate let vectors: WorkspacePart<Double>
    private let longest: Int

    /// - Parameters:
    ///   - triangular: The longest side that has a triangle.
    ///   - longest: The longest side.
    init(_ triangular: Int, longest: Int, in layout: inout WorkspaceLayout) {
      first = layout.reserve(triangular * triangular, of: Scalar.self)
      second = layout.reserve(triangular * triangular, of: Scalar.self)
      third = layout.reserve(triangular * triangular, of: Scalar.self)
      vectors = layout.reserve(2 * longest, of: Double.self)
      self.longest = longest
    }
  }

  /// Q ← value·I before the first step, when it is all zeros: later no pivot is.
  func beginWhereBlank(_ value: Double) {
    guard q[0] == 0 else { return }
    q.update(repeating: 0, count: isTriangular ? count * count : count)
    for place in 0..<count { q[isTriangular ? place * count + place : place] = Scalar(nearest: value) }
  }

  private var size: Double {
    var largest = 0.0
    for place in 0..<(isTriangular ? count * count : count) { largest = max(largest, q[place].wide.magnitude) }
    return largest
  }

  /// Both become as large as their geometric mean; their product stays.
  func balance(with other: Self) {
    let (mine, others) = (size, other.size)
    guard mine > 0, others > 0 else { return }
    let mean = (mine * others).squareRoot()
    scale(mean / mine)
    other.scale(mean / others)
  }

  private func scale(_ factor: Double) {
    for place in 0..<(isTriangular ? count * count : count) { q[place] = Scalar(nearest: factor * q[place].wide) }
  }

  /// Y ← QX, or QᵀX.
  func multiply(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int,
    _ products: FactorProducts<Scalar>, transposed: Bool
  ) {
    if isTriangular {
      products.multiply(
        transposed ? .leftTransposed : .plain, q, x, into: y, rows: rows, inner: rows, columns: columns)
      return
    }
    for row in 0..<rows {
      for place in row * columns..<(row + 1) * columns { y[place] = q[row] * x[place] }
    }
  }

  /// Y ← XQ, or XQᵀ.
  func multiplyRight(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int,
    _ products: FactorProducts<Scalar>, transposed: Bool
  ) {
    if isTriangular {
      products.multiply(
        transposed ? .rightTransposed : .plain, x, q, into: y, rows: rows, inner: columns, columns: columns)
      return
    }
    for row in 0..<rows {
      for column in 0..<columns { y[row * columns + column] = q[column] * x[row * columns + column] }
    }
  }

  /// X ← Q⁻ᵀX.
  func solveTransposed(_ x: UnsafeMutablePointer<Scalar>, columns: Int) {
    for row in 0..<count {
      let target = x + row * columns
      let pivot = q[isTriangular ? row * count + row : row]
      for column in 0..<columns { target[column] /= pivot }
      guard isTriangular else { continue }
      for later in row + 1..<max(count, row + 1) {
        let factor = q[row * count + later]
        guard factor != 0 else { continue }
        let other = x + later * columns
        for column in 0..<columns { other[column] -= factor * target[column] }
      }
    }
  }

  /// X ← XQ⁻¹.
  func solveRight(_ x: UnsafeMutablePointer<Scalar>, rows: Int) {
    for row in 0..<rows {
      let target = x + row * count
      for column in 0..<count {
        target[column] /= q[isTriangular ? column * count + column : column]
        guard isTriangular else { continue }
        let (value, factors) = (target[column], q + column * count)
        for later in column + 1..<max(count, column + 1) { target[later] -= value * factors[later] }
      }
    }
  }

  /// Q ← Q − rate·triu(S − T)Q/ℓ(S + T) with S = AAᵀ and T = BBᵀ (`rightTransposed`), or AᵀA and BᵀB (`leftTransposed`).
  ///
  /// Q stays as it is where the result would not be finite.
  /// - Parameter other: The other side's length.
  func fit(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, side: ProductForm, other: Int, rate: Double,
    _ products: FactorProducts<Scalar>, _ memory: Memory, _ workspace: UnsafeMutableRawPointer
  ) {
    let vectors = memory.vectors.pointer(in: workspace)
    guard isTriangular else { return fitDiagonal(a, b, side: side, other: other, rate: rate, vectors) }
    let (s, t) = (memory.first.pointer(in: workspace), memory.second.pointer(in: workspace))
    let next = memory.third.pointer(in: workspace)
    let size = ProductSize(rows: count, inner: other, columns: count)
    products.machine.symmetricProduct(side, a, s, size, 1, 0, products.loop)
    products.machine.symmetricProduct(side, b, t, size, 1, 0, products.loop)
    for row in 0..<count {
      for column in 0..<count {
        let place = row * count + column
        let (x, y) = (s[place], t[place])
        s[place] = column < row ? 0 : x - y
        t[place] = x + y
      }
    }
    let bound = spectralBound(t, vectors)
    guard bound > 0 else { return }
    products.multiply(
      .plain, s, q, into: next, rows: count, inner: count, columns: count, scale: rate / bound)
    for row in 0..<count {
      for column in row..<count where !next[row * count + column].isFinite { return }
    }
    for row in 0..<count {
      for column in row..<count { q[row * count + column] -= next[row * count + column] }
    }
  }

  private func fitDiagonal(
    _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, side: ProductForm, other: Int, rate: Double,
    _ sums: UnsafeMutablePointer<Double>
  ) {
    let (steps, jump) = side == .rightTransposed ? (other, 1) : (1, count)
    var greatest = 0.0
    for place in 0..<count {
      var (s, t) = (0.0, 0.0)
      for index in 0..<other {
        let position = place * (side == .rightTransposed ? steps : 1) + index * jump
        s += a[position].wide * a[position].wide
        t += b[position].wide * b[position].wide
      }
      sums[place] = s - t
      greatest = max(greatest, s + t)
    }
    guard greatest > 0, greatest.isFinite else { return }
    for place in 0..<count {
      q[place] = Scalar(nearest: q[place].wide - rate * sums[place] / greatest * q[place].wide)
    }
  }

  /// A lower bound of the spectral norm of a symmetric H: two products with its largest column.
  private func spectralBound(_ h: UnsafeMutablePointer<Scalar>, _ vectors: UnsafeMutablePointer<Double>) -> Double {
    let (x, sums) = (vectors, vectors + count)
    var greatest = 0.0
    for place in 0..<count * count { greatest = max(greatest, h[place].wide.magnitude) }
    guard greatest > 0, greatest.isFinite else { return 0 }
    sums.update(repeating: 0, count: count)
    for row in 0..<count {
      for column in 0..<count {
        let value = h[row * count + column].wide / greatest
        sums[column] += value * value
      }
    }
    var best = 0
    for column in 0..<count where sums[column] > sums[best] { best = column }
    // Rows are columns: H is symmetric.
    let column = h + best * count
    for row in 0..<count {
      var sum = 0.0
      for place in 0..<count { sum += h[row * count + place].wide / greatest * (column[place].wide / greatest) }
      x[row] = sum
    }
    var (length, image) = (0.0, 0.0)
    for row in 0..<count {
      var sum = 0.0
      for place in 0..<count { sum += h[row * count + place].wide / greatest * x[place] }
      length += x[row] * x[row]
      image += sum * sum
    }
    return greatest * quotient(image.squareRoot(), length.squareRoot())
  }
}
