import Downhill
import DownhillBase

/// A machine with its loop: the products that factored rules are made of.
struct FactorProducts<Scalar: WeightScalar> {
  let machine: MatrixMachine<Scalar>
  let loop: LoopBody

  init<Part: StatePart>(_ step: MatrixStep<Scalar, Part>) {
    machine = step.machine
    loop = step.loop
  }

  /// C ← scale·AB + keep·C, or with one of the factors transposed.
  func multiply(
    _ form: ProductForm, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>,
    into c: UnsafeMutablePointer<Scalar>, rows: Int, inner: Int, columns: Int, scale: Double = 1, keep: Double = 0
  ) {
    machine.product(
      form, a, b, c, ProductSize(rows: rows, inner: inner, columns: columns), Scalar(nearest: scale),
      Scalar(nearest: keep), loop)
  }

  /// L ← keep·L + share·XXᵀ of an X of rows × columns.
  func addLeftGram(
    of x: UnsafePointer<Scalar>, rows: Int, columns: Int, to l: UnsafeMutablePointer<Scalar>, share: Double,
    keep: Double
  ) {
    machine.symmetricProduct(
      .rightTransposed, x, l, ProductSize(rows: rows, inner: columns, columns: rows), Scalar(nearest: share),
      Scalar(nearest: keep), loop)
  }

  /// R ← keep·R + share·XᵀX.
  func addRightGram(
    of x: UnsafePointer<Scalar>, rows: Int, columns: Int, to r: UnsafeMutablePointer<Scalar>, share: Double,
    keep: Double
  ) {
    machine.symmetricProduct(
      .leftTransposed, x, r, ProductSize(rows: columns, inner: rows, columns: columns), Scalar(nearest: share),
      Scalar(nearest: keep), loop)
  }
}

/// A matrix between two square ones of its sides' lengths; nil stands for the identity.
struct MatrixBases<Scalar: WeightScalar> {
  let rows, columns: Int
  let left, right: UnsafePointer<Scalar>?

  /// Y ← LᵀXR. None of the memory overlaps.
  func enter(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, by way: UnsafeMutablePointer<Scalar>,
    _ products: FactorProducts<Scalar>
  ) {
    multiply(.leftTransposed, .plain, x, y, way, products)
  }

  /// Y ← LXRᵀ. None of the memory overlaps.
  func leave(
    _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, by way: UnsafeMutablePointer<Scalar>,
    _ products: FactorProducts<Scalar>
  ) {
    multiply(.plain, .rightTransposed, x, y, way, products)
  }

  private func multiply(
    _ leftForm: ProductForm, _ rightForm: ProductForm, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>,
    _ way: UnsafeMutablePointer<Scalar>, _ products: FactorProducts<Scalar>
  ) {
    var between = x
    if let left {
      let target = right == nil ? y : way
      products.multiply(leftForm, left, x, into: target, rows: rows, inner: rows, columns: columns)
      between = UnsafePointer(target)
    }
    if let right {
      products.multiply(rightForm, between, right, into: y, rows: rows, inner: columns, columns: columns)
    } else if left == nil {
      y.update(from: x, count: rows * columns)
    }
  }
}
