#include <math.h>

#include "CNetworkKernels.h"
#include "SmallProduct.h"

// Sixteen queries at a time, each a lane: what belongs to one of them stands in a column, so that maxima and sums need no
// steps across a vector. Keys and values are gathered once a head; the sixteen queries' scores stay in a near cache.

static long padded(long count) { return (count + WIDTH - 1) / WIDTH * WIDTH; }
static long shorter(long a, long b) { return a < b ? a : b; }

long dh_attention_workspace(dh_attention s) {
  const long length = padded(s.length), width = padded(s.width);
  return 4 * length * width + 2 * length * WIDTH + 5 * width * WIDTH;
}

// How many keys the queries from `first` on look at.
static long seen_keys(dh_attention s, long first) {
  return s.is_causal ? shorter(first + WIDTH, s.length) : s.length;
}

// −∞ for the scores of keys behind a query: of these sixteen queries' own keys, since all see those before.
static void hide_later_keys(dh_attention s, float *scores, long first, long seen) {
  if (!s.is_causal) return;
  const ivec lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (long key = first; key < seen; key++) {
    float *row = scores + key * WIDTH;
    store(row, choose(lanes >= (int32_t)(key - first), load(row), (vec)-INFINITY));
  }
}

static void deliver(float *target, vec numbers, long count, int adds) {
  store_part(target, adds ? numbers + load_part(target, count) : numbers, count);
}

// The columns of sixteen queries' results become rows of `width` numbers.
static void deliver_columns(dh_attention_gradient to, const float *columns, vec scale, long queries, long width) {
  if (!to.start) return;
  for (long column = 0; column < width; column += WIDTH) {
    vec block[WIDTH];
    UNROLL for (int i = 0; i < WIDTH; i++) block[i] = scale * load(columns + (column + i) * WIDTH);
    turn(block);
    const long wide = shorter(width - column, WIDTH);
    UNROLL for (int i = 0; i < WIDTH; i++) {
      if (i >= queries) break;
      deliver(to.start + i * to.row + column, block[i], wide, to.adds);
    }
  }
}

static void deliver_rows(dh_attention_gradient to, const float *from, long rows, long width, long from_row) {
  if (!to.start) return;
  for (long row = 0; row < rows; row++)
    for (long column = 0; column < width; column += WIDTH)
      deliver(to.start + row * to.row + column, load(from + row * from_row + column), shorter(width - column, WIDTH),
              to.adds);
}

void dh_attention_forward(dh_attention s, const float *q, const float *k, const float *v, float *y, float *most,
                          float *inverse, float *workspace) {
  const long length = padded(s.length), width = padded(s.width);
  float *keys = workspace, *values = keys + length * width, *scores = values + length * width;
  float *queries = scores + length * WIDTH, *results = queries + width * WIDTH;
  gathered(k, s.k_row, s.length, s.width, keys, width);
  gathered(v, s.v_row, s.length, s.width, values, width);
  for (long first = 0; first < s.length; first += WIDTH) {
    const long count = shorter(WIDTH, s.length - first), seen = seen_keys(s, first);
    transposed(q + first * s.q_row, s.q_row, count, s.width, s.scale, queries);
    column_product(keys, width, 1, queries, scores, padded(seen), s.width);
    hide_later_keys(s, scores, first, seen);
    vec maxima = (vec)-INFINITY, sums = (vec)0.0f;
    for (long key = 0; key < seen; key++) maxima = greatest(maxima, load(scores + key * WIDTH));
    for (long key = 0; key < seen; key++) {
      const vec power = vexp_negative(load(scores + key * WIDTH) - maxima);
      store(scores + key * WIDTH, power);
      sums += power;
    }
    const vec scales = 1.0f / sums;
    store_part(most + first, maxima, count);
    store_part(inverse + first, scales, count);
    column_product(values, 1, width, scores, results, width, seen);
    deliver_columns((dh_attention_gradient){y + first * s.y_row, s.y_row, 0}, results, scales, count, s.width);
  }
}

void dh_attention_backward(dh_attention s, const float *q, const float *k, const float *v, const float *dy,
                           const float *most, const float *inverse, dh_attention_gradient dq, dh_attention_gradient dk,
                           dh_attention_gradient dv, float *workspace) {
  const long length = padded(s.length), width = padded(s.width), area = length * width;
  float *keys = workspace, *values = keys + area, *key_sums = values + area, *value_sums = key_sums + area;
  float *p = value_sums + area, *dp = p + length * WIDTH;
  float *queries = dp + length * WIDTH, *slopes = queries + width * WIDTH, *results = slopes + width * WIDTH;
  float *query_rows = results + width * WIDTH, *slope_rows = query_rows + width * WIDTH;
  gathered(k, s.k_row, s.length, s.width, keys, width);
  gathered(v, s.v_row, s.length, s.width, values, width);
  memset(key_sums, 0, (size_t)(2 * area) * sizeof(float));
  for (long first = 0; first < s.length; first += WIDTH) {
    const long count = shorter(WIDTH, s.length - first), seen = seen_keys(s, first);
    const float *query = q + first * s.q_row, *slope = dy + first * s.y_row;
    gathered(query, s.q_row, count, s.width, query_rows, width);
    gathered(slope, s.y_row, count, s.width, slope_rows, width);
    transposed(query, s.q_row, count, s.width, s.scale, queries);
    transposed(slope, s.y_row, count, s.width, 1.0f, slopes);
    column_product(keys, width, 1, queries, p, padded(seen), s.width);
    column_product(values, width, 1, slopes, dp, padded(seen), s.width);
    hide_later_keys(s, p, first, seen);
    // Queries that there are not have no weights.
    const vec maxima = load_part(most + first, count), scales = load_part(inverse + first, count);
    vec deltas = (vec)0.0f;
    for (long key = 0; key < seen; key++) {
      const vec weight = scales * vexp_negative(load(p + key * WIDTH) - maxima);
      store(p + key * WIDTH, weight);
      deltas += weight * load(dp + key * WIDTH);
    }
    for (long key = 0; key < seen; key++)
      store(dp + key * WIDTH, load(p + key * WIDTH) * (load(dp + key * WIDTH) - deltas) * s.scale);
    const dh_strides to_sums = {
        .a_row = WIDTH, .a_column = 1, .b_row = width, .c_row = width, .inner = count, .adds = 1};
    small_product(p, slope_rows, value_sums, seen, width, to_sums);
    small_product(dp, query_rows, key_sums, seen, width, to_sums);
    column_product(keys, 1, width, dp, results, width, seen);
    dh_attention_gradient rows = dq;
    if (rows.start) rows.start += first * rows.row;
    deliver_columns(rows, results, (vec)1.0f, count, s.width);
  }
  deliver_rows(dk, key_sums, s.length, s.width, width);
  deliver_rows(dv, value_sums, s.length, s.width, width);
}
