import DownhillBase
import DownhillKernels

/// Where the values of a tape lie while a program runs; handed to operations.
struct Memory: @unchecked Sendable {
  /// By value; a view points where its base does.
  let values: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
  /// The same for gradients; nil where none is wanted.
  let gradients: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
  /// By value: the place of the first operation of the backward pass that writes its gradient.
  let firstWriters: UnsafeMutablePointer<Int>
  let indices: UnsafeMutablePointer<UnsafeMutablePointer<Int32>?>
  /// How many numbers each value has.
  let counts: UnsafeMutablePointer<Int>
  let workspace: UnsafeMutablePointer<Float>
  /// How many floats of it each worker has for itself.
  let perWorker: Int
  let loop: TeamLoop
  /// The operation that is running, by its place on the tape.
  let operation: Int
  /// What the operation has made for this program.
  let kernel: (any OperationKernel)?
  let isTraining: Bool
  /// Counts the steps, for random numbers.
  let step: UInt64

  /// A value's numbers.
  func callAsFunction(_ value: Value) -> UnsafeMutablePointer<Float> { values[value.index].unsafelyUnwrapped }

  /// A value's gradient.
  /// - Precondition: It wants one.
  func gradient(_ value: Value) -> UnsafeMutablePointer<Float> { gradients[value.index].unsafelyUnwrapped }

  func wantsGradient(_ value: Value) -> Bool { gradients[value.index] != nil }

  /// Whether a gradient holds something already that is to be added to, rather than set.
  func adds(to value: Value) -> Bool { firstWriters[value.index] != operation }

  /// Whole numbers that were handed in.
  func whole(_ value: Value) -> UnsafeMutablePointer<Int32> { indices[value.index].unsafelyUnwrapped }

  func count(of value: Value) -> Int { counts[value.index] }

  /// A worker's part of the workspace.
  func workspace(of worker: Int) -> UnsafeMutablePointer<Float> { workspace + worker * perWorker }

  /// What lies behind the workers' parts.
  var sharedWorkspace: UnsafeMutablePointer<Float> { workspace + loop.workerCount * perWorker }
}
