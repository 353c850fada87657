#include "CNetworkKernels.h"
#include "ActivationFunctions.h"

#pragma clang fp contract(fast)

// One loop a kind: the choice is made outside of it.
#define EACH_KIND(DO) \
  switch (kind) {     \
    case dh_identity: DO(dh_identity) break; \
    case dh_relu: DO(dh_relu) break;         \
    case dh_relu2: DO(dh_relu2) break;       \
    case dh_gelu: DO(dh_gelu) break;         \
    case dh_gelu_tanh: DO(dh_gelu_tanh) break; \
    case dh_silu: DO(dh_silu) break;         \
    case dh_tanh: DO(dh_tanh) break;         \
  }

void dh_activate(dh_activation kind, const float *x, float *y, long count) {
#define DO(KIND) FOR_EACH(count, PUT(y, value(KIND, GET(x)));)
  EACH_KIND(DO)
#undef DO
}

void dh_activate_with_slope(dh_activation kind, float *x, float *y, long count) {
#define DO(KIND)                   \
  FOR_EACH(count, {                \
    vec z = GET(x);                \
    PUT(y, value(KIND, z));        \
    PUT(x, slope(KIND, z));        \
  })
  EACH_KIND(DO)
#undef DO
}

void dh_activate_backward(dh_activation kind, const float *x, const float *dy, float *dx, long count, int adds) {
  if (adds) {
#define DO(KIND) FOR_EACH(count, PUT(dx, GET(dx) + GET(dy) * slope(KIND, GET(x)));)
    EACH_KIND(DO)
#undef DO
  } else {
#define DO(KIND) FOR_EACH(count, PUT(dx, GET(dy) * slope(KIND, GET(x)));)
    EACH_KIND(DO)
#undef DO
  }
}

void dh_add_bias(float *x, const float *bias, long rows, long columns) {
  for (long row = 0; row < rows; row++) {
    float *y = x + row * columns;
    FOR_EACH(columns, PUT(y, GET(y) + GET(bias));)
  }
}

void dh_sum_rows(const float *x, long stride, float *target, long rows, long columns, int adds) {
  for (long first = 0; first < columns; first += WIDTH) {
    long count = columns - first < WIDTH ? columns - first : WIDTH;
    double sums[WIDTH] = {0};
    for (long row = 0; row < rows; row++)
      for (long i = 0; i < count; i++) sums[i] += (double)x[row * stride + first + i];
    for (long i = 0; i < count; i++) target[first + i] = (float)(sums[i] + (adds ? (double)target[first + i] : 0.0));
  }
}

void dh_add(const float *a, const float *b, float *y, long count) { FOR_EACH(count, PUT(y, GET(a) + GET(b));) }

void dh_accumulate(float *y, const float *x, float scale, long count) {
  FOR_EACH(count, PUT(y, GET(y) + scale * GET(x));)
}

void dh_multiply(const float *a, const float *b, float *y, long count, int adds) {
  if (adds) FOR_EACH(count, PUT(y, GET(y) + GET(a) * GET(b));)
  else FOR_EACH(count, PUT(y, GET(a) * GET(b));)
}

void dh_gate(dh_activation kind, const float *gate, const float *up, float *y, long count) {
#define DO(KIND) FOR_EACH(count, PUT(y, value(KIND, GET(gate)) * GET(up));)
  EACH_KIND(DO)
#undef DO
}

// One loop for what a gate and one for what its other factor gets, since either may be unwanted.
void dh_gate_backward(dh_activation kind, const float *gate, const float *up, const float *dy, float *dgate, float *dup,
                      long count, int adds_gate, int adds_up) {
  if (dup) {
#define DO(KIND)                                                                \
  FOR_EACH(count, {                                                             \
    vec d = GET(dy) * value(KIND, GET(gate));                                   \
    PUT(dup, adds_up ? GET(dup) + d : d);                                       \
  })
    EACH_KIND(DO)
#undef DO
  }
  if (dgate) {
#define DO(KIND)                                                                \
  FOR_EACH(count, {                                                             \
    vec d = GET(dy) * GET(up) * slope(KIND, GET(gate));                         \
    PUT(dgate, adds_gate ? GET(dgate) + d : d);                                 \
  })
    EACH_KIND(DO)
#undef DO
  }
}

typedef uint32_t uvec __attribute__((ext_vector_type(WIDTH)));
typedef uint16_t hvec __attribute__((ext_vector_type(WIDTH)));

void dh_narrow(const float *x, uint16_t *y, long count) {
  FOR_EACH(count, {
    uvec bits = (uvec)GET(x);
    uvec rounded = bits + 0x7fff + ((bits >> 16) & 1);
    // What is not a number stays so.
    uvec odd = (uvec)((ivec)(bits & 0x7fffffff) > 0x7f800000);
    hvec half = __builtin_convertvector(((rounded & ~odd) | ((bits | 0x400000) & odd)) >> 16, hvec);
    memcpy(y + at, &half, (size_t)part * sizeof(uint16_t));
  })
}
