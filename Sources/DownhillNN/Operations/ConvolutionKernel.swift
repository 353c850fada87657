import CConvolution
import CNetworkKernels
import DownhillBase
import DownhillKernels

/// The passes of one convolution, made once by oneDNN for its shape.
final class ConvolutionKernel: OperationKernel {
  private let passes: OpaquePointer
  private let shape: ConvolutionShape
  /// Floats of the workspace before what is only written to be added.
  private let kernelFloats: Int
  let workspaceShared: Int

  init(
    _ shape: ConvolutionShape, hasBias: Bool, trains: Bool, wantsInputGradient: Bool, addsInput: Bool,
    addsWeight: Bool
  ) {
    self.shape = shape
    let choice = ConvolutionChoice(shape)
    var description = dh_convolution_shape(
      batch: shape.batch, in: shape.input, out: shape.output, rows: shape.rows, columns: shape.columns,
      kernel_rows: shape.kernelRows, kernel_columns: shape.kernelColumns, stride_rows: shape.stride.rows,
      stride_columns: shape.stride.columns, padding_rows: shape.padding.rows, padding_columns: shape.padding.columns,
      x_is_blocked: shape.readsBlocks ? 1 : 0, y_is_blocked: 1, has_bias: hasBias ? 1 : 0,
      keeps_layout: KernelLevel.avx512.isSupported ? 1 : 0,
      is_narrow: choice.isNarrow ? 1 : 0, trains: trains ? 1 : 0,
      wants_input_gradient: wantsInputGradient ? 1 : 0, winograd: choice.usesWinograd ? 1 : 0)
    guard let made = dh_convolution_make(&description) else {
      preconditionFailure("oneDNN has no convolution for \(shape)")
    }
    passes = made
    kernelFloats = padded(dh_convolution_workspace(made) / MemoryLayout<Float>.stride + 15)
    let added = max(addsInput && wantsInputGradient ? inputCount(shape) : 0, addsWeight ? shape.weightCount : 0)
    workspaceShared = kernelFloats + padded(added + shape.output)
  }

  deinit { dh_convolution_free(passes) }

  /// What oneDNN calls the kernels: forward, backward data, backward weights.
  var names: [String] { (0..<3).map { String(cString: dh_convolution_kernel(passes, $0)) } }

  func forward(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ b: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, _ workspace: UnsafeMutablePointer<Float>
  ) {
    check(dh_convolution_forward(passes, x, w, b, y, workspace))
  }

  func backwardData(
    _ w: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, adds: Bool,
    _ workspace: UnsafeMutablePointer<Float>, _ loop: TeamLoop
  ) {
    let target = adds ? workspace + kernelFloats : dx
    check(dh_convolution_backward_data(passes, w, dy, target, workspace))
    guard adds else { return }
    loop.forEachBlock(of: inputCount(shape), atLeast: 8192) { range, _ in
      dh_accumulate(dx + range.lowerBound, target + range.lowerBound, 1, range.count)
    }
  }

  func backwardWeights(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
    _ db: UnsafeMutablePointer<Float>?, adds: Bool, _ workspace: UnsafeMutablePointer<Float>
  ) {
    let target = adds ? workspace + kernelFloats : dw
    let bias = adds ? workspace + kernelFloats + shape.weightCount : db
    check(dh_convolution_backward_weights(passes, x, dy, target, db == nil ? nil : bias, workspace))
    guard adds else { return }
    dh_accumulate(dw, target, 1, shape.weightCount)
    if let db, let bias { dh_accumulate(db, bias, 1, shape.output) }
  }

  private func check(_ status: CInt) { precondition(status == 0, "oneDNN refused a convolution that it had made") }
}

/// How many numbers the input of a convolution takes.
private func inputCount(_ shape: ConvolutionShape) -> Int {
  let channels = shape.readsBlocks ? Layout.blocks(of: shape.input) * Layout.block : shape.input
  return shape.batch * channels * shape.rows * shape.columns
}
