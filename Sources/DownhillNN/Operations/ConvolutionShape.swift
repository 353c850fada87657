import DownhillBase

/// The lengths of a convolution.
struct ConvolutionShape: Sendable, Hashable {
  let batch, input, output: Int
  let rows, columns, kernelRows, kernelColumns: Int
  let stride, padding: Extent
  /// Whether the input lies in blocks of channels.
  let readsBlocks: Bool
  /// Whether images and weights are rounded to bfloat16 as products read them.
  var isNarrow = false

  var outputRows: Int { (rows + 2 * padding.rows - kernelRows) / stride.rows + 1 }
  var outputColumns: Int { (columns + 2 * padding.columns - kernelColumns) / stride.columns + 1 }
  var outputPixels: Int { outputRows * outputColumns }
  var outputCount: Int { batch * output * outputPixels }
  var weightCount: Int { output * input * kernelRows * kernelColumns }

  /// The places of every product in output, input and weights, all of them plain: what a convolution is.
  func forEachProduct(_ body: (_ y: Int, _ x: Int, _ w: Int) -> Void) {
    for image in 0..<batch {
      for out in 0..<output {
        for row in 0..<outputRows {
          for column in 0..<outputColumns {
            let y = ((image * output + out) * outputRows + row) * outputColumns + column
            for channel in 0..<input {
              for i in 0..<kernelRows {
                let r = row * stride.rows - padding.rows + i
                guard r >= 0, r < rows else { continue }
                for j in 0..<kernelColumns {
                  let c = column * stride.columns - padding.columns + j
                  guard c >= 0, c < columns else { continue }
                  let w = ((out * input + channel) * kernelRows + i) * kernelColumns + j
                  body(y, ((image * input + channel) * rows + r) * columns + c, w)
                }
              }
            }
          }
        }
      }
    }
  }
}
