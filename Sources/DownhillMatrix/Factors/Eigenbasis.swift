import Downhill
import DownhillBase

/// The eigenvectors of a factor that changes slowly, followed by steps of orthogonal iteration.
///
/// A factor that holds what is not finite (in Float the squares of huge gradients) leaves the basis as it is.
struct Eigenbasis<Scalar: WeightScalar> {
  /// The side's length.
  let count: Int
  /// The symmetric factor, count × count.
  let factor: UnsafePointer<Scalar>
  /// Its eigenvectors, in columns.
  let vectors: UnsafeMutablePointer<Scalar>

  /// The workspace of one side.
  struct Memory {
    fileprivate let square: WorkspacePart<Scalar>
    fileprivate let values: WorkspacePart<Scalar>
    fileprivate let sizes: WorkspacePart<Double>
    fileprivate let order: WorkspacePart<Int>
    fileprivate let scratch: WorkspacePart<Double>

    /// For sides of at most `count`.
    init(_ count: Int, on machine: MatrixMachine<Scalar>, in layout: inout WorkspaceLayout) {
      let decompositions = machine.decompositions
      square = layout.reserve(count * count, of: Scalar.self)
      values = layout.reserve(count, of: Scalar.self)
      sizes = layout.reserve(count, of: Double.self)
      order = layout.reserve(count, of: Int.self)
      scratch = layout.reserve(
        max(decompositions.eigenScratch(count), decompositions.orthonormalScratch(count, count)), of: Double.self)
    }
  }

  /// Q ← the eigenvectors, the greatest eigenvalue's first.
  func decompose(_ products: FactorProducts<Scalar>, _ memory: Memory, _ workspace: UnsafeMutableRawPointer) {
    let isFinite = products.machine.decompositions.eigen(
      factor, count, vectors, memory.values.pointer(in: workspace), memory.scratch.pointer(in: workspace))
    if !isFinite { becomeIdentity() }
  }

  func becomeIdentity() {
    vectors.update(repeating: 0, count: count * count)
    for place in 0..<count { vectors[place * count + place] = 1 }
  }

  /// Q ← the orthonormal factor of the factor times Q, R's diagonal positive.
  /// - Parameter sorts: Whether the columns are first put in the order of eᵢ = qᵢᵀ·(factor)·qᵢ, falling.
  /// - Returns: That order, if they were.
  @discardableResult
  func refresh(
    _ products: FactorProducts<Scalar>, _ memory: Memory, _ workspace: UnsafeMutableRawPointer, sorts: Bool
  ) -> UnsafePointer<Int>? {
    let square = memory.square.pointer(in: workspace)
    products.multiply(.plain, factor, vectors, into: square, rows: count, inner: count, columns: count)
    for place in 0..<count * count where !square[place].isFinite { return nil }
    var order: UnsafePointer<Int>?
    if sorts {
      let places = sorted(square, memory, workspace)
      for row in 0..<count {
        for column in 0..<count { vectors[row * count + column] = square[row * count + places[column]] }
      }
      order = places
    } else {
      vectors.update(from: square, count: count * count)
    }
    products.machine.decompositions.orthonormalize(vectors, count, count, memory.scratch.pointer(in: workspace))
    return order
  }

  /// The columns by their estimated eigenvalues, of equals the first one first.
  private func sorted(
    _ square: UnsafePointer<Scalar>, _ memory: Memory, _ workspace: UnsafeMutableRawPointer
  ) -> UnsafePointer<Int> {
    let (sizes, order) = (memory.sizes.pointer(in: workspace), memory.order.pointer(in: workspace))
    sizes.update(repeating: 0, count: count)
    for row in 0..<count {
      for column in 0..<count {
        sizes[column] += vectors[row * count + column].wide * square[row * count + column].wide
      }
    }
    // They are nearly in order, which insertion makes use of.
    for column in 0..<count {
      var place = column
      while place > 0, sizes[order[place - 1]] < sizes[column] {
        order[place] = order[place - 1]
        place -= 1
      }
      order[place] = column
    }
    return UnsafePointer(order)
  }
}
