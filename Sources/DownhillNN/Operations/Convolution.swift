import CConvolution
import CNetworkKernels
public import DownhillBase
import DownhillKernels

extension Tape {
  /// y = x ∗ w + b: each output is the sum of the products in a window, over all channels. LeCun et al. 1998.
  ///
  /// Padding is zeros. Activations lie in blocks of sixteen channels, weights and their gradients row by row.
  /// - Parameters:
  ///   - x: [batch, in, rows, columns].
  ///   - weight: [out, in, kernel rows, kernel columns].
  ///   - bias: [out].
  ///   - stride: From one window to the next.
  ///   - padding: Zeros above and below, left and right.
  /// - Returns: [batch, out, ⌊(rows + 2·padding − kernel)/stride⌋ + 1, …].
  public func convolution(
    _ x: Value, _ weight: Value, _ bias: Value? = nil, stride: Extent = 1, padding: Extent = 0
  ) -> Value {
    let (images, kernel) = (shape(of: x).dimensions, shape(of: weight).dimensions)
    precondition(images.count == 4 && kernel.count == 4 && images[1] == kernel[1], "\(images) do not fit \(kernel)")
    let rows = (images[2] + 2 * padding.rows - kernel[2]) / stride.rows + 1
    let columns = (images[3] + 2 * padding.columns - kernel[3]) / stride.columns + 1
    precondition(
      images[2] + 2 * padding.rows >= kernel[2] && images[3] + 2 * padding.columns >= kernel[3],
      "a window of \(kernel) is larger than \(images)")
    // A few channels, as a photograph has, are read as they are.
    let x = images[1] < 4 ? x : blocked(x)
    let output = make([images[0], kernel[0], rows, columns], .blocked)
    append(
      Convolution(
        x: x, weight: weight, bias: bias, output: output,
        shape: ConvolutionShape(
          batch: images[0], input: images[1], output: kernel[0], rows: images[2], columns: images[3],
          kernelRows: kernel[2], kernelColumns: kernel[3], stride: stride, padding: padding,
          readsBlocks: layout(of: x) == .blocked,
          isNarrow: productPrecision.computed == .bfloat16)))
    return output
  }
}

struct Convolution: Operation {
  let x, weight: Value
  let bias: Value?
  let output: Value
  let shape: ConvolutionShape

  var inputs: [Value] { [x, weight] + (bias.map { [$0] } ?? []) }
  var outputs: [Value] { [output] }
  var readsBackward: [Value] { [x, weight] }
  var productFlops: Double {
    2 * Double(shape.outputCount) * Double(shape.input * shape.kernelRows * shape.kernelColumns)
  }

  func productFlopsBackward(_ wants: (Value) -> Bool) -> Double {
    Double([x, weight].count { wants($0) }) * productFlops
  }

  func makeKernel(_ request: KernelRequest) -> (any OperationKernel)? {
    ConvolutionKernel(
      shape, hasBias: bias != nil, trains: request.trains, wantsInputGradient: request.wantsGradient(x),
      addsInput: request.adds(x), addsWeight: request.adds(weight))
  }

  private func kernel(_ memory: Memory) -> ConvolutionKernel {
    guard let kernel = memory.kernel as? ConvolutionKernel else { preconditionFailure("a program made no kernel") }
    return kernel
  }

  func forward(_ memory: Memory) {
    kernel(memory).forward(
      memory(x), memory(weight), bias.map { UnsafePointer(memory($0)) }, into: memory(output), memory.sharedWorkspace)
  }

  func backward(_ memory: Memory) {
    let (kernel, dy) = (kernel(memory), memory.gradient(output))
    if memory.wantsGradient(weight) {
      kernel.backwardWeights(
        memory(x), dy, into: memory.gradient(weight), bias.map { memory.gradient($0) },
        adds: memory.adds(to: weight), memory.sharedWorkspace)
    }
    if memory.wantsGradient(x) {
      kernel.backwardData(
        memory(weight), dy, into: memory.gradient(x), adds: memory.adds(to: x), memory.sharedWorkspace, memory.loop)
    }
  }

  func forward(_ reference: inout ReferenceMemory) {
    let (x, w) = (reference[x], reference[weight])
    let b = bias.map { reference[$0] }
    var y = [Double](repeating: 0, count: shape.outputCount)
    if let b { for place in y.indices { y[place] = b[place / shape.outputPixels % shape.output] } }
    shape.forEachProduct { y[$0] += x[$1] * w[$2] }
    reference[output] = y
  }

  func backward(_ reference: inout ReferenceMemory) {
    let (x, w, dy) = (reference[x], reference[weight], reference[gradient: output])
    var (dx, dw) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: w.count))
    shape.forEachProduct { y, x1, w1 in
      dx[x1] += dy[y] * w[w1]
      dw[w1] += dy[y] * x[x1]
    }
    reference.add(dx, to: self.x)
    reference.add(dw, to: weight)
    guard let bias else { return }
    var db = [Double](repeating: 0, count: shape.output)
    for place in dy.indices { db[place / shape.outputPixels % shape.output] += dy[place] }
    reference.add(db, to: bias)
  }
}
