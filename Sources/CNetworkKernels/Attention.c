#include "CNetworkKernels.h"
#include "SmallProduct.h"

// Queries at a time: their scores stay in the first cache.
enum { block = 16 };

static long padded(long count) { return (count + WIDTH - 1) / WIDTH * WIDTH; }
static long shorter(long a, long b) { return a < b ? a : b; }

long dh_attention_workspace(dh_attention s) {
  const long length = padded(s.length), width = padded(s.width);
  return 6 * length * width + 2 * block * length + 3 * block * width;
}

void dh_attention_forward(dh_attention s, const float *q, const float *k, const float *v, float *y, float *most,
                          float *inverse, float *workspace) {
  const long length = padded(s.length), width = padded(s.width);
  float *keys = workspace, *values = keys + length * width, *scores = values + length * width;
  float *results = scores + block * length;
  transposed(k, s.k_row, s.length, s.width, s.scale, keys, length);
  gathered(v, s.v_row, s.length, s.width, values, width);
  for (long first = 0; first < s.length; first += block) {
    const long queries = shorter(block, s.length - first), seen = s.is_causal ? first + queries : s.length;
    small_product(q + first * s.q_row, keys, scores, queries, padded(seen),
                  (dh_strides){.a_row = s.q_row, .a_column = 1, .b_row = length, .c_row = length, .inner = s.width});
    for (long i = 0; i < queries; i++) {
      const long count = s.is_causal ? first + i + 1 : s.length;
      float *row = scores + i * length;
      dh_softmax(row, most + first + i, inverse + first + i, count);
      memset(row + count, 0, (size_t)(padded(seen) - count) * sizeof(float));
    }
    small_product(scores, values, results, queries, width,
                  (dh_strides){.a_row = length, .a_column = 1, .b_row = width, .c_row = width, .inner = seen});
    for (long i = 0; i < queries; i++)
      memcpy(y + (first + i) * s.y_row, results + i * width, (size_t)s.width * sizeof(float));
  }
}

// Sums of a head's gradient to where it is wanted.
static void deliver(dh_attention_gradient to, const float *from, long rows, long columns, long from_row) {
  if (!to.start) return;
  for (long row = 0; row < rows; row++) {
    float *target = to.start + row * to.row;
    if (to.adds) dh_accumulate(target, from + row * from_row, 1.0f, columns);
    else memcpy(target, from + row * from_row, (size_t)columns * sizeof(float));
  }
}

void dh_attention_backward(dh_attention s, const float *q, const float *k, const float *v, const float *y,
                           const float *dy, const float *most, const float *inverse, dh_attention_gradient dq,
                           dh_attention_gradient dk, dh_attention_gradient dv, float *workspace) {
  const long length = padded(s.length), width = padded(s.width), area = length * width;
  float *turned_keys = workspace, *turned_values = turned_keys + area, *keys = turned_values + area;
  float *key_sums = keys + area, *value_sums = key_sums + area;
  float *p = value_sums + area, *dp = p + block * length;
  float *query_rows = dp + block * length, *dy_rows = query_rows + block * width, *results = dy_rows + block * width;
  transposed(k, s.k_row, s.length, s.width, s.scale, turned_keys, length);
  transposed(v, s.v_row, s.length, s.width, 1.0f, turned_values, length);
  gathered(k, s.k_row, s.length, s.width, keys, width);
  memset(key_sums, 0, (size_t)(2 * area) * sizeof(float));
  for (long first = 0; first < s.length; first += block) {
    const long queries = shorter(block, s.length - first), seen = s.is_causal ? first + queries : s.length;
    gathered(q + first * s.q_row, s.q_row, queries, s.width, query_rows, width);
    gathered(dy + first * s.y_row, s.y_row, queries, s.width, dy_rows, width);
    const dh_strides to_scores = {.a_row = width, .a_column = 1, .b_row = length, .c_row = length, .inner = s.width};
    small_product(query_rows, turned_keys, p, queries, padded(seen), to_scores);
    small_product(dy_rows, turned_values, dp, queries, padded(seen), to_scores);
    for (long i = 0; i < queries; i++) {
      const long query = first + i, count = s.is_causal ? query + 1 : s.length;
      const float delta = dh_dot(y + query * s.y_row, dy + query * s.y_row, s.width);
      float *row = p + i * length, *slope = dp + i * length;
      dh_exp_shifted(row, row, most[query], inverse[query], count);
      dh_softmax_backward(row, slope, delta, s.scale, count);
      memset(row + count, 0, (size_t)(padded(seen) - count) * sizeof(float));
      memset(slope + count, 0, (size_t)(padded(seen) - count) * sizeof(float));
    }
    const dh_strides to_sums = {
        .a_row = 1, .a_column = length, .b_row = width, .c_row = width, .inner = queries, .adds = 1};
    small_product(p, dy_rows, value_sums, seen, width, to_sums);
    small_product(dp, query_rows, key_sums, seen, width, to_sums);
    small_product(dp, keys, results, queries, width,
                  (dh_strides){.a_row = length, .a_column = 1, .b_row = width, .c_row = width, .inner = seen});
    dh_attention_gradient rows = dq;
    if (rows.start) rows.start += first * rows.row;
    deliver(rows, results, queries, s.width, width);
  }
  deliver(dk, key_sums, s.length, s.width, width);
  deliver(dv, value_sums, s.length, s.width, width);
}
