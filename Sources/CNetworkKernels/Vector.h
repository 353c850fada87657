// Sixteen floats at a time; clang splits them into what the machine has.
#ifndef DOWNHILL_VECTOR_H
#define DOWNHILL_VECTOR_H

#include <stdint.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define WIDTH 16
typedef float vec __attribute__((ext_vector_type(WIDTH)));
typedef float vec8 __attribute__((ext_vector_type(8)));
typedef float vec4 __attribute__((ext_vector_type(4)));
typedef float vec2 __attribute__((ext_vector_type(2)));
typedef int32_t ivec __attribute__((ext_vector_type(WIDTH)));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) {
  vec v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE void store(float *p, vec v) { memcpy(p, &v, sizeof v); }
// The first `count` numbers, zeros behind them.
#ifdef __AVX512F__
INLINE __mmask16 first_lanes(long count) { return (__mmask16)((1u << count) - 1u); }
INLINE vec load_part(const float *p, long count) { return (vec)_mm512_maskz_loadu_ps(first_lanes(count), p); }
INLINE void store_part(float *p, vec v, long count) { _mm512_mask_storeu_ps(p, first_lanes(count), (__m512)v); }
#else
INLINE vec load_part(const float *p, long count) {
  vec v = (vec)0.0f;
  memcpy(&v, p, (size_t)count * sizeof(float));
  return v;
}
INLINE void store_part(float *p, vec v, long count) { memcpy(p, &v, (size_t)count * sizeof(float)); }
#endif

INLINE vec choose(ivec condition, vec a, vec b) { return (vec)((condition & (ivec)a) | (~condition & (ivec)b)); }
INLINE vec least(vec a, vec b) { return __builtin_elementwise_min(a, b); }
INLINE vec greatest(vec a, vec b) { return __builtin_elementwise_max(a, b); }
INLINE vec magnitude(vec a) { return (vec)((ivec)a & 0x7fffffff); }

// In a fixed order: halves are added until one number is left.
INLINE float total(vec v) {
  const vec8 eight = v.lo + v.hi;
  const vec4 four = eight.lo + eight.hi;
  const vec2 two = four.lo + four.hi;
  return two.x + two.y;
}
INLINE float maximum(vec v) { return __builtin_reduce_max(v); }

// e^(x − n·ln 2), which lies about 1, and the whole number n = x/ln 2, rounded: by a polynomial on [−½ln 2, ½ln 2].
INLINE vec reduced_exp(vec x, ivec *power) {
  // 1.5·2²³: what is added to it and taken away again is rounded to a whole number.
  vec whole = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  // ln 2 in two parts, the first of few bits, so that its multiples are exact.
  vec r = x - whole * 0.693145752f;
  r = r - whole * 1.42860677e-6f;
  vec p = 0.0013951720f;
  p = p * r + 0.0083695985f;
  p = p * r + 0.041666187f;
  p = p * r + 0.16666512f;
  p = p * r + 0.5f;
  *power = __builtin_convertvector(whole, ivec);
  return p * r * r + r + 1.0f;
}
INLINE vec power_of_two(ivec power) { return (vec)((power + 127) << 23); }
// What is not a number stays so; below −87.3 there is 0.
INLINE vec exp_or_edge(vec x, vec y) { return choose(x != x, x, choose(x < -87.33f, (vec)0.0f, y)); }

// e^x, within two units in the last place; 0 below −87.3.
INLINE vec vexp(vec x) {
  ivec power;
  vec p = reduced_exp(least(greatest(x, (vec)-87.33f), (vec)88.72f), &power);
  // In two steps, since the greatest power is beyond what an exponent holds.
  ivec half = power >> 1;
  return exp_or_edge(x, p * power_of_two(half) * power_of_two(power - half));
}

// The same for x ≤ 0, in fewer steps.
INLINE vec vexp_negative(vec x) {
  ivec power;
  vec p = reduced_exp(greatest(x, (vec)-87.33f), &power);
  return exp_or_edge(x, p * power_of_two(power));
}

// Φ(x), the normal distribution function: ½·e^(t·q(t)) at t = −|x|, q fitted to ln 2Φ(−t)/t on [0, 6].
INLINE vec vnormal(vec x) {
  vec t = least(magnitude(x), (vec)6.0f);
  vec q = -2.3728500e-8f;
  q = q * t + 6.7209550e-7f;
  q = q * t + -8.2270135e-6f;
  q = q * t + 5.5542572e-5f;
  q = q * t + -0.00019913971f;
  q = q * t + 4.5765614e-6f;
  q = q * t + 0.0048162132f;
  q = q * t + -0.036353696f;
  q = q * t + -0.31830543f;
  q = q * t + -0.79788494f;
  vec tail = 0.5f * vexp(q * t);
  return choose(x < 0.0f, tail, 1.0f - tail);
}

// tanh x: an odd polynomial near 0, beyond it by e^(−2|x|).
INLINE vec vtanh(vec x) {
  vec t = magnitude(x);
  vec e = vexp(-2.0f * least(t, (vec)20.0f));
  vec far = (1.0f - e) / (1.0f + e);
  vec s = x * x;
  vec p = -0.0057170447f;
  p = p * s + 0.020650586f;
  p = p * s + -0.053743497f;
  p = p * s + 0.13331491f;
  p = p * s + -0.33333284f;
  vec near = t + t * s * p;
  vec y = choose(t < 0.625f, near, far);
  return choose(x < 0.0f, -y, y);
}

INLINE vec vsigmoid(vec x) {
  vec e = vexp(-magnitude(x));
  vec small = e / (1.0f + e);
  return choose(x < 0.0f, small, 1.0f - small);
}

// Runs `STATEMENT` on every sixteen numbers and on the rest, where `count` of them are left: `part` says how many.
#define FOR_EACH(COUNT, ...)                              \
  {                                                       \
    long at = 0;                                          \
    for (; at + WIDTH <= (COUNT); at += WIDTH) {          \
      const long part = WIDTH;                            \
      __VA_ARGS__                                         \
    }                                                     \
    if (at < (COUNT)) {                                   \
      const long part = (COUNT) - at;                     \
      __VA_ARGS__                                         \
    }                                                     \
  }
#define GET(P) (part == WIDTH ? load((P) + at) : load_part((P) + at, part))
#define PUT(P, V)                                         \
  do {                                                    \
    if (part == WIDTH) store((P) + at, (V));              \
    else store_part((P) + at, (V), part);                 \
  } while (0)

#endif
