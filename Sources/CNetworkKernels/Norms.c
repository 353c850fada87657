#include <math.h>

#include "CNetworkKernels.h"
#include "Vector.h"

#pragma clang fp contract(fast)

static float centered_squares(const float *x, float mean, long count) {
  vec sums = (vec)0.0f;
  long at = 0;
  for (; at + WIDTH <= count; at += WIDTH) {
    vec d = load(x + at) - mean;
    sums += d * d;
  }
  float sum = total(sums);
  for (; at < count; at++) sum += (x[at] - mean) * (x[at] - mean);
  return sum;
}

void dh_layer_norm(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *rstd, long rows,
                   long columns, float epsilon) {
  for (long row = 0; row < rows; row++, x += columns, y += columns) {
    float m = dh_sum(x, columns) / (float)columns;
    float r = 1.0f / sqrtf(centered_squares(x, m, columns) / (float)columns + epsilon);
    mean[row] = m;
    rstd[row] = r;
    FOR_EACH(columns, {
      vec v = (GET(x) - m) * r;
      if (gamma) v *= GET(gamma);
      if (beta) v += GET(beta);
      PUT(y, v);
    })
  }
}

static void add_to_double(double *sums, const float *values, long count) {
  for (long i = 0; i < count; i++) sums[i] += (double)values[i];
}

void dh_layer_norm_backward(const float *x, const float *gamma, const float *mean, const float *rstd, const float *dy,
                            float *dx, double *dgamma, double *dbeta, long rows, long columns, int adds) {
  for (long row = 0; row < rows; row++, x += columns, dy += columns, dx += columns) {
    float m = mean[row], r = rstd[row];
    // The means of g and of g·x̂, where g = dy·gamma and x̂ is the normalised row.
    vec sum_g = (vec)0.0f, sum_gx = (vec)0.0f;
    FOR_EACH(columns, {
      vec g = GET(dy);
      if (gamma) g *= GET(gamma);
      sum_g += g;
      // Behind the end g is zero.
      sum_gx += g * ((GET(x) - m) * r);
    })
    float mean_g = total(sum_g) / (float)columns, mean_gx = total(sum_gx) / (float)columns;
    FOR_EACH(columns, {
      vec g = GET(dy);
      if (gamma) g *= GET(gamma);
      vec d = r * (g - mean_g - (GET(x) - m) * r * mean_gx);
      PUT(dx, adds ? GET(dx) + d : d);
    })
    if (dgamma)
      for (long i = 0; i < columns; i++) dgamma[i] += (double)(dy[i] * ((x[i] - m) * r));
    if (dbeta) add_to_double(dbeta, dy, columns);
  }
}

void dh_rms_norm(const float *x, const float *gamma, float *y, float *rstd, long rows, long columns, float epsilon) {
  for (long row = 0; row < rows; row++, x += columns, y += columns) {
    float r = 1.0f / sqrtf(dh_dot(x, x, columns) / (float)columns + epsilon);
    rstd[row] = r;
    FOR_EACH(columns, {
      vec v = GET(x) * r;
      if (gamma) v *= GET(gamma);
      PUT(y, v);
    })
  }
}

void dh_rms_norm_backward(const float *x, const float *gamma, const float *rstd, const float *dy, float *dx,
                          double *dgamma, long rows, long columns, int adds) {
  for (long row = 0; row < rows; row++, x += columns, dy += columns, dx += columns) {
    float r = rstd[row];
    vec sum_gx = (vec)0.0f;
    FOR_EACH(columns, {
      vec g = GET(dy);
      if (gamma) g *= GET(gamma);
      sum_gx += g * (GET(x) * r);
    })
    float mean_gx = total(sum_gx) / (float)columns;
    FOR_EACH(columns, {
      vec g = GET(dy);
      if (gamma) g *= GET(gamma);
      vec d = r * (g - GET(x) * r * mean_gx);
      PUT(dx, adds ? GET(dx) + d : d);
    })
    if (dgamma)
      for (long i = 0; i < columns; i++) dgamma[i] += (double)(dy[i] * (x[i] * r));
  }
}
