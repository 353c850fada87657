public import Downhill
public import DownhillBase

/// Replaces every matrix of a stack by one with the same singular vectors, whose singular values are 1 or nearly so.
///
/// One signature, several methods. Each takes X = U/‖U‖ (Frobenius), of any shape and rank, to U₁·p(Σ)·V₁ᵀ with the Σ of
/// X: p is the composed polynomial of a Newton-Schulz iteration (`CoefficientTable.map`), or 1 where σ is above rounding
/// for the exact factor. `aol` has the Σ of the rescaled X in place of that of U/‖U‖.
public struct Orthogonalizer: Sendable, BitwiseCopyable, Equatable {
  /// What finds the orthogonal factor.
  public enum Method: KnobChoice, BitwiseCopyable {
    /// Odd polynomials, by products of matrices alone.
    case newtonSchulz(CoefficientTable)
    /// UVᵀ of the machine's singular value decomposition.
    case svd
    /// The same by Jacobi's rotations in plain Swift: the oracle.
    case jacobi

    /// The tables of Newton-Schulz, then the exact ones.
    public static var allCases: [Self] { CoefficientTable.allCases.map { .newtonSchulz($0) } + [.svd, .jacobi] }
    public static var quintic: Self { .newtonSchulz(.quintic) }

    public var knobName: StaticString {
      switch self {
      case .newtonSchulz(let table): table.knobName
      case .svd: "svd"
      case .jacobi: "jacobi"
      }
    }
  }

  public var method: Method
  /// How many steps of an iteration; 5 is usual.
  public var steps: Int
  public var precision: Orthogonalization.Precision
  public var algorithm: Orthogonalization.Algorithm
  /// After how many steps of the Gram form X itself is multiplied anew; 0 leaves it to shape and precision.
  public var restart: Int
  /// The least norm that U is divided by. 0 keeps the result independent of U's scale.
  public var leastNorm: Double

  public init(
    _ method: Method = .quintic, steps: Int = 5, precision: Orthogonalization.Precision = .data,
    algorithm: Orthogonalization.Algorithm = .automatic, restart: Int = 0, leastNorm: Double = 0
  ) {
    self.method = method
    self.steps = steps
    self.precision = precision
    self.algorithm = algorithm
    self.restart = restart
    self.leastNorm = leastNorm
  }

  /// The iteration told completely; nil for the exact factor.
  public var iteration: Orthogonalization? {
    guard case .newtonSchulz(let table) = method else { return nil }
    return Orthogonalization(
      table: table, steps: steps, precision: precision, algorithm: algorithm, restart: restart,
      scaling: table == .aol ? .aol : .frobenius, leastNorm: leastNorm)
  }

  /// The bytes of workspace that `orthogonalize` takes for a stack.
  public func workspaceSize<Scalar: WeightScalar>(for stack: MatrixStack, on machine: MatrixMachine<Scalar>) -> Int {
    iteration?.workspaceSize(for: stack, on: machine) ?? exactWorkspaceSize(for: stack, on: machine)
  }

  /// Writes scale · O for every matrix of a stack. A zero matrix gives zero, one that holds what is not a number gives what
  /// is not a number. Allocates nothing.
  /// - Parameters:
  ///   - stack: How the matrices lie, in the input as in the output.
  ///   - input: The matrices.
  ///   - output: Where the result goes; may be the input.
  ///   - scale: The factor of the result.
  ///   - workspace: Memory of `workspaceSize(for:on:)` bytes, aligned to 64.
  ///   - machine: Products and decompositions.
  ///   - loop: Who runs the pieces of a product.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func orthogonalize<Scalar: WeightScalar>(
    _ stack: MatrixStack, from input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>,
    scale: Double = 1, workspace: UnsafeMutableRawPointer, on machine: MatrixMachine<Scalar>, _ loop: LoopBody
  ) {
    if let iteration {
      iteration.orthogonalize(stack, from: input, into: output, scale: scale, workspace: workspace, on: machine, loop)
    } else {
      findFactor(stack, from: input, into: output, scale: scale, workspace: workspace, on: machine, loop)
    }
  }
}
