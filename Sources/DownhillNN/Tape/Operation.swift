import DownhillBase

/// A step of a network: its outputs from its inputs, and the inputs' gradients from those of the outputs.
///
/// Each is written twice: with the kernels, in Float, and in `reference`, in Double and as plainly as it can be said.
/// Tests hold the one to the other, and the reference to finite differences.
protocol Operation: Sendable {
  var inputs: [Value] { get }
  /// What it makes; first the results, then what it keeps for its own backward pass.
  var outputs: [Value] { get }
  /// The values that the backward pass reads.
  var readsBackward: [Value] { get }
  /// Values of its own whose memory the backward pass may write over.
  var overwritesBackward: [Value] { get }
  /// How many floats of memory each worker wants during a pass.
  var workspacePerWorker: Int { get }
  /// How many floats of memory a pass wants beside that.
  var workspaceShared: Int { get }

  /// Floating-point operations of its products forward, a multiplication and an addition being two, as the definition
  /// counts them: Winograd's algorithm does fewer, a score that is computed again is no work.
  var productFlops: Double { get }
  /// The same backward.
  /// - Parameter wants: Whether the gradient of an input is wanted.
  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double

  /// What a program makes for it once: kernels for its shapes.
  func makeKernel(_ request: KernelRequest) -> (any OperationKernel)?

  func forward(_ memory: Memory)
  /// Adds to, or sets, the gradients of the inputs that want one: `memory.adds(to:)` says which.
  func backward(_ memory: Memory)

  func forward(_ reference: inout ReferenceMemory)
  func backward(_ reference: inout ReferenceMemory)
}

extension Operation {
  var overwritesBackward: [Value] { [] }
  var workspacePerWorker: Int { 0 }
  var workspaceShared: Int { 0 }
  var productFlops: Double { 0 }
  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double { 0 }
  func makeKernel(_ request: KernelRequest) -> (any OperationKernel)? { nil }
}

/// What an operation has made once for a program; `Memory.kernel` hands it back in every pass.
protocol OperationKernel: AnyObject {
  /// How many floats of memory a pass wants.
  var workspaceShared: Int { get }
}

/// What a program wants of an operation.
struct KernelRequest {
  let trains: Bool
  /// Whether a gradient is wanted.
  let wantsGradient: (Value) -> Bool
  /// Whether a gradient holds something already when the operation's backward pass comes.
  let adds: (Value) -> Bool
}
