// Convolutions of images by oneDNN: made once for a shape, then run on the caller's memory.
#ifndef DOWNHILL_CCONVOLUTION_H
#define DOWNHILL_CCONVOLUTION_H

#include <stddef.h>

typedef struct {
  long batch, in, out;
  // Of the input.
  long rows, columns;
  long kernel_rows, kernel_columns;
  long stride_rows, stride_columns, padding_rows, padding_columns;
  // Whether sixteen channels of a pixel lie together ([batch, channels/16, rows, columns, 16], the last ones padded with
  // zeros) or images are plain: [batch, channels, rows, columns].
  int x_is_blocked, y_is_blocked;
  int has_bias;
  // Whether the blocked layout is handed to the kernels as it is; else they choose one of their own, and images are
  // reordered around them.
  int keeps_layout;
  // Whether kernels read images and weights rounded to bfloat16; sums are in float32 all the same.
  int is_narrow;
  // Which passes are made, and whether by Winograd's algorithm where there is a kernel for it.
  int trains, wants_input_gradient, winograd;
} dh_convolution_shape;

typedef struct dh_convolution dh_convolution;

// NULL where oneDNN has no kernel.
dh_convolution *dh_convolution_make(const dh_convolution_shape *shape);
void dh_convolution_free(dh_convolution *);

// Bytes that every pass may write over while it runs; to begin at a multiple of 64.
size_t dh_convolution_workspace(const dh_convolution *);
// The name that oneDNN gives the kernel of a pass: 0 forward, 1 backward data, 2 backward weights.
const char *dh_convolution_kernel(const dh_convolution *, int pass);

// Weights are [out, in, rows, columns]. Each pass returns 0 where it was done.
int dh_convolution_forward(dh_convolution *, const float *x, const float *w, const float *b, float *y, void *workspace);
int dh_convolution_backward_data(dh_convolution *, const float *w, const float *dy, float *dx, void *workspace);
int dh_convolution_backward_weights(dh_convolution *, const float *x, const float *dy, float *dw, float *db,
                                    void *workspace);

#endif
