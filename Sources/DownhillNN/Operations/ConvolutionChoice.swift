/// Which passes run by Winograd's algorithm (Lavin, Gray 2016, arXiv:1509.09308) rather than directly. `convolution_auto`
/// picks badly; the choice changes bits and follows from the shape alone.
///
/// Measured with oneDNN 2.6.3 and AVX-512 over 3×3 windows at stride 1, direct against Winograd, forward, backward data,
/// backward weights: for 64 images of 64 channels at 32×32 about 2.1, 2.1 and 1.7 times as fast, of 256 at 8×8 2.2, 2.1
/// and 2.4 times, of 512 at 4×4 1.3, 1.6 and 2.1 times; of 16 channels slower, of 512 at 2×2 half as fast.
struct ConvolutionChoice {
  let usesWinograd: Bool
  /// Whether products are of bfloat16: of what is left where those are asked for, since they are twice as fast as the
  /// direct ones in float32 and Winograd's algorithm in float32 is faster still.
  let isNarrow: Bool

  init(_ shape: ConvolutionShape) {
    let fits = shape.kernelRows == 3 && shape.kernelColumns == 3 && shape.stride == 1 && shape.padding == 1
    // An image is cut into squares of 4×4 outputs, of which each costs 36 products where the window costs 144.
    let tiles = (shape.rows + 3) / 4 * ((shape.columns + 3) / 4)
    let wastesLittle = 8 * tiles <= shape.rows * shape.columns
    // The weights are transformed once for all squares.
    let areMany = shape.batch * tiles >= 32 && shape.input >= 32 && shape.output >= 32
    let canWinograd = fits && wastesLittle && areMany
    usesWinograd = canWinograd
    isNarrow = shape.isNarrow && shape.readsBlocks && !canWinograd
  }
}
