#include "ActivationFunctions.h"
#include "CImageKernels.h"

#pragma clang fp contract(fast)

typedef double dvec __attribute__((ext_vector_type(WIDTH)));

INLINE dvec widened(vec v) { return __builtin_convertvector(v, dvec); }
INLINE dvec load_double(const double *p) {
  dvec v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE void store_double(double *p, dvec v) { memcpy(p, &v, sizeof v); }

// Pixels whose numbers stay in L1 and are summed in float: few enough to lose little.
enum { chunk = 64 };

void dh_plane_moments(const float *x, long to_next_plane, long planes, long pixels, double *means, double *deviations) {
  dvec mean = 0.0, deviation = 0.0;
  double known = 0;
  for (long plane = 0; plane < planes; plane++)
    for (long first = 0; first < pixels; first += chunk) {
      long count = pixels - first < chunk ? pixels - first : chunk;
      const float *p = x + plane * to_next_plane + first * WIDTH;
      vec sum = 0.0f;
      for (long i = 0; i < count; i++) sum += load(p + i * WIDTH);
      dvec local = widened(sum) / (double)count;
      vec near = __builtin_convertvector(local, vec), squares = 0.0f;
      for (long i = 0; i < count; i++) {
        vec d = load(p + i * WIDTH) - near;
        squares += d * d;
      }
      // Chan, Golub, LeVeque 1979: means and squares of two samples make those of both.
      double both = known + (double)count;
      dvec apart = local - mean;
      mean += apart * ((double)count / both);
      deviation += widened(squares) + apart * apart * (known * (double)count / both);
      known = both;
    }
  store_double(means, mean);
  store_double(deviations, deviation);
}

#define EACH_KIND(DO)                        \
  switch (norm.kind) {                       \
    case dh_identity: DO(dh_identity) break; \
    case dh_relu: DO(dh_relu) break;         \
    case dh_relu2: DO(dh_relu2) break;       \
    case dh_gelu: DO(dh_gelu) break;         \
    case dh_gelu_tanh: DO(dh_gelu_tanh) break; \
    case dh_silu: DO(dh_silu) break;         \
    case dh_tanh: DO(dh_tanh) break;         \
  }

void dh_plane_normalize(dh_plane_norm norm, const float *x, const float *residual, float *y, long pixels) {
  vec mean = load(norm.mean), scale = load(norm.inverse) * load(norm.gain), bias = load(norm.bias);
  long count = pixels * WIDTH;
#define DO(KIND)                                                               \
  if (residual)                                                                \
    for (long i = 0; i < count; i += WIDTH)                                    \
      store(y + i, value(KIND, (load(x + i) - mean) * scale + bias + load(residual + i))); \
  else                                                                         \
    for (long i = 0; i < count; i += WIDTH) store(y + i, value(KIND, (load(x + i) - mean) * scale + bias));
  EACH_KIND(DO)
#undef DO
}

void dh_plane_norm_sums(dh_plane_norm norm, const float *x, const float *residual, const float *y, const float *dy,
                        float *dz, long pixels, double *sums) {
  vec mean = load(norm.mean), inverse = load(norm.inverse), scale = inverse * load(norm.gain), bias = load(norm.bias);
  dvec total = load_double(sums), total_x = load_double(sums + WIDTH);
  for (long first = 0; first < pixels; first += chunk) {
    long start = first * WIDTH, end = (pixels - first < chunk ? pixels : first + chunk) * WIDTH;
    vec sum = 0.0f, sum_x = 0.0f;
#define EACH(SLOPE)                             \
  for (long i = start; i < end; i += WIDTH) {   \
    vec centred = load(x + i) - mean;           \
    vec d = load(dy + i);                       \
    d = SLOPE;                                  \
    store(dz + i, d);                           \
    sum += d;                                   \
    sum_x += d * centred;                       \
  }
#define DO(KIND)                                                                                             \
  if (KIND == dh_identity) EACH(d)                                                                           \
  else if (KIND == dh_relu) EACH(choose(load(y + i) > 0.0f, d, (vec)0.0f))                                   \
  else if (residual) EACH(d * slope(KIND, centred * scale + bias + load(residual + i)))                      \
  else EACH(d * slope(KIND, centred * scale + bias))
    EACH_KIND(DO)
#undef DO
#undef EACH
    total += widened(sum);
    total_x += widened(sum_x) * widened(inverse);
  }
  store_double(sums, total);
  store_double(sums + WIDTH, total_x);
}

void dh_plane_norm_backward(dh_plane_norm norm, const float *x, const float *dz, const float *mean_dz,
                            const float *mean_dzx, float *dx, long pixels, int adds) {
  vec mean = load(norm.mean), inverse = load(norm.inverse), scale = inverse * load(norm.gain);
  vec shift = load(mean_dz), pull = load(mean_dzx) * inverse;
  for (long i = 0; i < pixels * WIDTH; i += WIDTH) {
    vec d = scale * (load(dz + i) - shift - (load(x + i) - mean) * pull);
    store(dx + i, adds ? load(dx + i) + d : d);
  }
}

void dh_plane_mean(const float *x, float *y, long pixels, long count) {
  dvec sum = 0.0;
  for (long i = 0; i < pixels; i++) sum += widened(load(x + i * WIDTH));
  store_part(y, __builtin_convertvector(sum / (double)pixels, vec), count);
}

void dh_plane_mean_backward(const float *dy, float *dx, long pixels, long count, int adds) {
  vec d = load_part(dy, count) * (1.0f / (float)pixels);
  for (long i = 0; i < pixels; i++) store(dx + i * WIDTH, adds ? load(dx + i * WIDTH) + d : d);
}

void dh_to_block(const float *x, float *y, long pixels, long count, int adds) {
  for (long i = 0; i < pixels; i++) {
    float *target = y + i * WIDTH;
    for (long c = 0; c < count; c++) target[c] = x[c * pixels + i] + (adds ? target[c] : 0.0f);
    if (!adds)
      for (long c = count; c < WIDTH; c++) target[c] = 0.0f;
  }
}

void dh_from_block(const float *x, float *y, long pixels, long count, int adds) {
  for (long c = 0; c < count; c++)
    for (long i = 0; i < pixels; i++) {
      float *target = y + c * pixels + i;
      *target = x[i * WIDTH + c] + (adds ? *target : 0.0f);
    }
}
