#include <math.h>

#include "CNetworkKernels.h"
#include "Vector.h"

#pragma clang fp contract(fast)

static float row_maximum(const float *x, long count) {
  vec most = (vec)-INFINITY;
  long at = 0;
  for (; at + WIDTH <= count; at += WIDTH) most = greatest(most, load(x + at));
  float result = maximum(most);
  for (; at < count; at++) result = x[at] > result || x[at] != x[at] ? x[at] : result;
  return result;
}

float dh_sum(const float *a, long count) {
  vec sums = (vec)0.0f;
  FOR_EACH(count, sums += GET(a);)
  return total(sums);
}

float dh_dot(const float *a, const float *b, long count) {
  vec sums = (vec)0.0f;
  FOR_EACH(count, sums += GET(a) * GET(b);)
  return total(sums);
}

float dh_log_sum_exp(const float *x, long count) {
  float most = row_maximum(x, count);
  vec sums = (vec)0.0f;
  long at = 0;
  for (; at + WIDTH <= count; at += WIDTH) sums += vexp(load(x + at) - most);
  float sum = total(sums);
  if (at < count) {
    float rest[WIDTH];
    store(rest, vexp(load_part(x + at, count - at) - most));
    for (long i = 0; i < count - at; i++) sum += rest[i];
  }
  return most + logf(sum);
}

void dh_exp_shifted(const float *x, float *y, float shift, float scale, long count) {
  FOR_EACH(count, PUT(y, scale * vexp(GET(x) - shift));)
}

void dh_softmax(float *x, float *most, float *inverse, long count) {
  float shift = row_maximum(x, count);
  vec sums = (vec)0.0f;
  // Read again from memory, where there are zeros behind the end.
  FOR_EACH(count, {
    PUT(x, vexp(GET(x) - shift));
    sums += GET(x);
  })
  float scale = 1.0f / total(sums);
  FOR_EACH(count, PUT(x, GET(x) * scale);)
  if (most) *most = shift;
  if (inverse) *inverse = scale;
}

void dh_softmax_backward(const float *p, float *dp, float delta, float scale, long count) {
  FOR_EACH(count, PUT(dp, GET(p) * (GET(dp) - delta) * scale);)
}
