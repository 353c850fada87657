import DownhillBase

/// How a matrix of one shape is orthogonalised: which products, in which numbers, and where they lie in the workspace.
///
/// With X lying (n × m, n ≤ m) and R = XXᵀ a step multiplies X by P = aI + bR + cR². All these are symmetric and commute,
/// so that half of each product is computed. In the *plain* form every step multiplies X anew. In the *Gram* form only
/// the small matrices move on, R ← RP², Q ← QP, and X is multiplied by Q at the end; what rounding does to small singular
/// values then grows from step to step, which in bfloat16 asks for a *restart*, X ← QX and R = XXᵀ, after three. Where X
/// is long it is cheaper to leave X alone and take R ← QRQ, with R in twice as many digits.
///
/// The norm takes no pass: ‖X‖² is the trace of R, and divides the coefficients of the first step.
struct NewtonSchulzPlan {
  let how: Orthogonalization
  let kernels: TileKernels
  /// How the matrix stands in memory.
  let rows, columns: Int
  /// After how many steps X itself is multiplied.
  let stepsPerRun: Int
  /// Whether the second run begins at QRQ.
  let restartsFromGram: Bool

  init(_ how: Orthogonalization, rows: Int, columns: Int, by level: KernelLevel) {
    self.how = how
    self.rows = rows
    self.columns = columns
    kernels = TileKernels(how.precision == .bfloat16 ? .bfloat16 : .float, by: level)
    let usesGram =
      switch how.algorithm {
      case .automatic: Self.gramPays(short: min(rows, columns), long: max(rows, columns), kernels.format)
      case .plain: false
      case .gram: true
      }
    if !usesGram {
      stepsPerRun = 1
    } else if how.restart > 0 {
      stepsPerRun = how.restart
    } else {
      let needsRestart = kernels.format == .bfloat16 || min(rows, columns) < Self.leastWithoutRestart
      stepsPerRun = needsRestart ? Self.restart : max(how.steps, 1)
    }
    let (short, long) = (min(rows, columns), max(rows, columns))
    // A third run would see R's rounding times a Q too large.
    restartsFromGram =
      kernels.format == .bfloat16 && how.algorithm == .automatic && how.restart == 0 && stepsPerRun == Self.restart
      && (Self.restart + 1...2 * Self.restart).contains(how.steps) && short >= Self.leastFromGram
      && 2 * long >= 5 * short
  }

  /// After two steps, or none, ill-conditioned matrices lose their small singular values in bfloat16.
  static let restart = 3
  /// In float32 a restart takes a third more time and a thirtieth of the error, which grows as matrices get smaller: without
  /// one 2e-4 with singular values down to 1e-6 from here on, 2e-3 at 50.
  static let leastWithoutRestart = 768

  /// Where its sums are short, bfloat16's Gram form loses half as much again as products with X itself do, and there is
  /// little time to win.
  private static let leastGramInBFloat16 = 512

  /// Where sums are shorter, small singular values lose more than in PyTorch's own bfloat16.
  private static let leastFromGram = 768

  private static func gramPays(short: Int, long: Int, _ format: TileKernels.Format) -> Bool {
    long >= 2 * short && (format == .float || short >= leastGramInBFloat16)
  }

  var isStanding: Bool { rows > columns }
  var short: Int { min(rows, columns) }
  var long: Int { max(rows, columns) }

  /// So little work that waking another thread takes longer.
  var isSmall: Bool { operationCount < 3e6 }

  // MARK: Workspace

  private var longBytes: Int { Panels.byteCount(rows: short, inner: long, for: kernels) }
  private var shortBytes: Int { Panels.byteCount(rows: short, inner: short, for: kernels) }
  private var traceBytes: Int { padded(short) * 4 }

  /// X by rows, and by columns twice where it is multiplied on the way.
  private var longCount: Int { restartsFromGram ? 2 : 3 }
  private var smallCount: Int { restartsFromGram ? 6 : 4 }

  var workspaceSize: Int { longCount * longBytes + smallCount * shortBytes + traceBytes }

  /// The floating-point operations of the products, half of them where half of C is computed.
  var operationCount: Double {
    let (n, m) = (Double(short), Double(long))
    if restartsFromGram {
      // R and QX; in each of two runs what follows; QR and QRQ with their residues, and Q whole.
      return 3 * n * n * m + Double(how.steps + 3 * (how.steps - 2) + 6) * n * n * n
    }
    var count = 0.0
    var left = how.steps
    while left > 0 {
      let steps = min(stepsPerRun, left)
      // R = XXᵀ and X ← QX; a P every step; between two steps R ← RP² and Q ← QP.
      count += 3 * n * n * m + Double(steps + 3 * (steps - 1)) * n * n * n
      left -= steps
    }
    return count
  }

  func small(_ index: Int, _ workspace: UnsafeMutableRawPointer) -> Panels {
    Panels(workspace + longCount * longBytes + index * shortBytes, rows: short, inner: short, for: kernels)
  }
  func trace(_ workspace: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    (workspace + longCount * longBytes + smallCount * shortBytes).assumingMemoryBound(to: Float.self)
  }
  /// X as panels of its rows as it lies.
  func byRows(_ workspace: UnsafeMutableRawPointer) -> Panels {
    Panels(workspace, rows: short, inner: long, for: kernels)
  }
  /// X as panels of its columns, in one of two places.
  func byColumns(_ index: Int, _ workspace: UnsafeMutableRawPointer) -> Panels {
    Panels(workspace + (1 + index) * longBytes, rows: long, inner: short, for: kernels)
  }
}
