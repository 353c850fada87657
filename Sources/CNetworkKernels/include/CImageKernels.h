// Loops over images in blocks of sixteen channels: a plane is [rows, columns, 16]. Each call is one thread's.
#ifndef DOWNHILL_CIMAGEKERNELS_H
#define DOWNHILL_CIMAGEKERNELS_H

#include "CNetworkKernels.h"

// Sixteen channels' means, and sums of squared deviations from them, over `planes` planes of `pixels` pixels.
void dh_plane_moments(const float *x, long to_next_plane, long planes, long pixels, double *means, double *deviations);
// What is done to a block of channels: f((x − mean)·scale + bias), sixteen numbers each.
typedef struct {
  dh_activation kind;
  const float *mean, *inverse, *gain, *bias;
} dh_plane_norm;
// y = f((x − mean)·inverse·gain + bias + residual); the residual may be NULL.
void dh_plane_normalize(dh_plane_norm norm, const float *x, const float *residual, float *y, long pixels);
// dz = dy·f′, which may be in dy's place, and its sums: sixteen of dz and sixteen of dz·x̂ are added to. y is read for a
// ReLU, x and residual for the others.
void dh_plane_norm_sums(dh_plane_norm norm, const float *x, const float *residual, const float *y, const float *dy,
                        float *dz, long pixels, double *sums);
// dx (+)= gain·inverse·(dz − mean dz − x̂·mean dz·x̂).
void dh_plane_norm_backward(dh_plane_norm norm, const float *x, const float *dz, const float *mean_dz,
                            const float *mean_dzx, float *dx, long pixels, int adds);

// A window that moves over a plane.
typedef struct {
  long rows, columns, out_rows, out_columns, kernel_rows, kernel_columns, stride_rows, stride_columns, padding_rows,
      padding_columns;
} dh_window;
// The greatest number in each window; `places` holds, as whole numbers, where in the window it was, the first of equals.
void dh_max_pool(dh_window window, const float *x, float *y, float *places);
void dh_max_pool_backward(dh_window window, const float *places, const float *dy, float *dx, int adds);
// The sum of a window divided by the size of it, the zeros around the image among them.
void dh_average_pool(dh_window window, const float *x, float *y);
void dh_average_pool_backward(dh_window window, const float *dy, float *dx, int adds);
// The means of `count` of the sixteen channels.
void dh_plane_mean(const float *x, float *y, long pixels, long count);
void dh_plane_mean_backward(const float *dy, float *dx, long pixels, long count, int adds);

// `count` plain channels of a plane to sixteen together, zeros behind the last; and back.
void dh_to_block(const float *x, float *y, long pixels, long count, int adds);
void dh_from_block(const float *x, float *y, long pixels, long count, int adds);

#endif
