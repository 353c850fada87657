import Downhill
import DownhillBase

/// The duality maps of norms of singular values: U = Σσᵢuᵢvᵢᵀ becomes Σcᵢuᵢvᵢᵀ, which the norm asks for.
struct SingularDualityMap {
  let norm: MatrixNorm
  /// Schatten's p.
  let p: Double

  /// What it takes.
  struct Memory<Scalar: WeightScalar> {
    fileprivate let u, v, sigma: WorkspacePart<Scalar>
    fileprivate let scratch: WorkspacePart<Double>

    init(_ shape: Shape, on machine: MatrixMachine<Scalar>, in layout: inout WorkspaceLayout) {
      let short = min(shape.rows, shape.columns)
      u = layout.reserve(shape.rows * short, of: Scalar.self)
      v = layout.reserve(shape.columns * short, of: Scalar.self)
      sigma = layout.reserve(short, of: Scalar.self)
      scratch = layout.reserve(machine.decompositions.singularScratch(shape.rows, shape.columns), of: Double.self)
    }
  }

  /// X ← Σcᵢuᵢvᵢᵀ; returns ⟨X before, X after⟩ = Σσᵢcᵢ. Zero gives zero; what is not finite gives what is not a number.
  func callAsFunction<Scalar: WeightScalar>(
    _ x: UnsafeMutablePointer<Scalar>, _ shape: Shape, _ products: FactorProducts<Scalar>, _ memory: Memory<Scalar>,
    _ workspace: UnsafeMutableRawPointer
  ) -> Double {
    let (rows, columns) = (shape.rows, shape.columns)
    let short = min(rows, columns)
    let (u, v) = (memory.u.pointer(in: workspace), memory.v.pointer(in: workspace))
    let sigma = memory.sigma.pointer(in: workspace)
    let decompose = products.machine.decompositions.singular
    guard decompose(x, rows, columns, u, sigma, v, memory.scratch.pointer(in: workspace)), sigma[0] > 0 else {
      return 0
    }
    let length = schattenLength(sigma, short)
    // What rounding alone leaves of a rank that is not full.
    let negligible = sigma[0].wide * Double(max(rows, columns)) * Scalar.ulpOfOne.wide
    var dual = 0.0
    for place in 0..<short {
      let value = sigma[place].wide
      let c = value > negligible ? coefficient(value, place, length) : 0
      dual += value * c
      for row in 0..<rows { u[row * short + place] = Scalar(nearest: c * u[row * short + place].wide) }
    }
    products.multiply(.rightTransposed, u, v, into: x, rows: rows, inner: short, columns: columns)
    return dual
  }

  private func coefficient(_ sigma: Double, _ place: Int, _ length: Double) -> Double {
    switch norm {
    case .nuclear: place == 0 ? 1 : 0
    case .schatten: Elementary.pow(sigma / length, 1 / (p - 1))
    default: 1
    }
  }

  /// ‖σ‖_q with 1/p + 1/q = 1, for Schatten's norm.
  private func schattenLength<Scalar: WeightScalar>(_ sigma: UnsafePointer<Scalar>, _ count: Int) -> Double {
    guard norm == .schatten else { return 1 }
    let (q, largest) = (p / (p - 1), sigma[0].wide)
    var sum = 0.0
    for place in 0..<count where sigma[place] > 0 { sum += Elementary.pow(sigma[place].wide / largest, q) }
    return largest * Elementary.pow(sum, 1 / q)
  }
}
