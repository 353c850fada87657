// The loops of a network that are no matrix product, each over a part of a tensor on one thread. Row-major float32.
#ifndef DOWNHILL_CNETWORKKERNELS_H
#define DOWNHILL_CNETWORKKERNELS_H

#include <stdint.h>

typedef enum {
  dh_identity,
  dh_relu,
  // max(x, 0)².
  dh_relu2,
  // x·Φ(x), exact.
  dh_gelu,
  // ½x(1 + tanh(√(2/π)(x + 0.044715x³))).
  dh_gelu_tanh,
  // x/(1 + e⁻ˣ).
  dh_silu,
  dh_tanh
} dh_activation;

// y = f(x).
void dh_activate(dh_activation kind, const float *x, float *y, long count);
// y = f(x), and x becomes f′(x).
void dh_activate_with_slope(dh_activation kind, float *x, float *y, long count);
// dx = dy·f′(x), or dx += where `adds`; x is what went into f.
void dh_activate_backward(dh_activation kind, const float *x, const float *dy, float *dx, long count, int adds);
// To bfloat16, the upper half of a float: the nearest, ties to even.
void dh_narrow(const float *x, uint16_t *y, long count);
// Adds a vector to every row.
void dh_add_bias(float *x, const float *bias, long rows, long columns);
// target (+)= the sum of the rows, which lie `stride` apart; each column in Double, from the first row to the last.
void dh_sum_rows(const float *x, long stride, float *target, long rows, long columns, int adds);
// y = a + b.
void dh_add(const float *a, const float *b, float *y, long count);
// y += scale·x.
void dh_accumulate(float *y, const float *x, float scale, long count);
// y = a·b, elementwise; y += where `adds`.
void dh_multiply(const float *a, const float *b, float *y, long count, int adds);

// y = f(gate)·up.
void dh_gate(dh_activation kind, const float *gate, const float *up, float *y, long count);
// dgate (+)= dy·up·f′(gate), dup (+)= dy·f(gate); each may be NULL.
void dh_gate_backward(dh_activation kind, const float *gate, const float *up, const float *dy, float *dgate, float *dup,
                      long count, int adds_gate, int adds_up);
// A token's heads, each of 2·half numbers: number i is turned with number i + half, by the angle of that cosine and
// sine; by its negative where `sign` is −1. y = or y +=.
void dh_rotate(const float *x, const float *cosine, const float *sine, float sign, float *y, long heads, long half,
               int adds);

// y = (x − mean)·rstd·gamma + beta; each of gamma and beta may be NULL. Mean and rstd are kept, one a row.
void dh_layer_norm(const float *x, const float *gamma, const float *beta, float *y, float *mean, float *rstd, long rows,
                   long columns, float epsilon);
// dx (+)= …; dgamma and dbeta, in Double, are added to where they are not NULL.
void dh_layer_norm_backward(const float *x, const float *gamma, const float *mean, const float *rstd, const float *dy,
                            float *dx, double *dgamma, double *dbeta, long rows, long columns, int adds);
// The same without a mean: y = x·rstd·gamma, rstd = 1/√(mean x² + ε).
void dh_rms_norm(const float *x, const float *gamma, float *y, float *rstd, long rows, long columns, float epsilon);
void dh_rms_norm_backward(const float *x, const float *gamma, const float *rstd, const float *dy, float *dx,
                          double *dgamma, long rows, long columns, int adds);

// ln Σ eˣ of a row.
float dh_log_sum_exp(const float *x, long count);
// y = scale·(e^(x − shift)).
void dh_exp_shifted(const float *x, float *y, float shift, float scale, long count);
// The row becomes its softmax, e^(x − most)·inverse; what each was is kept where it is not NULL. The two apart are exact
// to a rounding where their combination, ln Σ eˣ, is as far off as it is large.
void dh_softmax(float *x, float *most, float *inverse, long count);
// Σ ab, in a fixed order.
float dh_dot(const float *a, const float *b, long count);
float dh_sum(const float *a, long count);
// ds = p·(dp − delta)·scale: a softmax's backward, into dp.
void dh_softmax_backward(const float *p, float *dp, float delta, float scale, long count);

// One head of attention: `length` queries, keys and values of `width` numbers, rows of each so far apart.
typedef struct {
  long length, width, q_row, k_row, v_row, y_row;
  // Of the scores.
  float scale;
  // Whether a query sees only the keys up to its own place.
  int is_causal;
} dh_attention;
// Floats that a pass may write over.
long dh_attention_workspace(dh_attention shape);
// y = softmax(scale·Q·Kᵀ)·V; the greatest score of each query and 1/Σ e^(score − greatest) are kept.
void dh_attention_forward(dh_attention shape, const float *q, const float *k, const float *v, float *y, float *most,
                          float *inverse, float *workspace);
// Where a gradient goes, rows so far apart; NULL where it is not wanted.
typedef struct {
  float *start;
  long row;
  int adds;
} dh_attention_gradient;
void dh_attention_backward(dh_attention shape, const float *q, const float *k, const float *v, const float *dy,
                           const float *most, const float *inverse, dh_attention_gradient dq,
                           dh_attention_gradient dk, dh_attention_gradient dv, float *workspace);

#include "CImageKernels.h"

#endif
