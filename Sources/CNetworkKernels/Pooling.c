#include "CImageKernels.h"
#include "Vector.h"

// Runs the statement for every window, with the pixels of it that lie in the image: `from` is the plane's, `to` the
// window's own place, `at` the place in the window.
#define EACH_WINDOW(BEFORE, PIXEL, AFTER)                                              \
  for (long row = 0; row < w.out_rows; row++)                                          \
    for (long column = 0; column < w.out_columns; column++) {                          \
      const long to = (row * w.out_columns + column) * WIDTH;                          \
      BEFORE                                                                           \
      for (long i = 0; i < w.kernel_rows; i++) {                                            \
        const long r = row * w.stride_rows - w.padding_rows + i;                                 \
        if (r < 0 || r >= w.rows) continue;                                            \
        for (long j = 0; j < w.kernel_columns; j++) {                                          \
          const long c = column * w.stride_columns - w.padding_columns + j;                            \
          if (c < 0 || c >= w.columns) continue;                                       \
          const long from = (r * w.columns + c) * WIDTH;                               \
          const int32_t at = (int32_t)(i * w.kernel_columns + j);                              \
          PIXEL                                                                        \
        }                                                                              \
      }                                                                                \
      AFTER                                                                            \
    }

void dh_max_pool(dh_window w, const float *x, float *y, float *places) {
  EACH_WINDOW(
      vec best = (vec)0.0f; ivec place = (ivec)-1;,
      vec v = load(x + from); ivec takes = (place < 0) | (v > best) | (v != v); best = choose(takes, v, best);
      place = (takes & (ivec)at) | (~takes & place);,
      store(y + to, best); store(places + to, (vec)place);)
}

static void clear(dh_window w, float *dx, int adds) {
  if (!adds) memset(dx, 0, (size_t)(w.rows * w.columns * WIDTH) * sizeof(float));
}

void dh_max_pool_backward(dh_window w, const float *places, const float *dy, float *dx, int adds) {
  clear(w, dx, adds);
  EACH_WINDOW(vec d = load(dy + to); ivec place = (ivec)load(places + to);,
              store(dx + from, load(dx + from) + choose(place == (ivec)at, d, (vec)0.0f));, )
}

void dh_average_pool(dh_window w, const float *x, float *y) {
  const float share = 1.0f / (float)(w.kernel_rows * w.kernel_columns);
  EACH_WINDOW(vec sum = (vec)0.0f;, (void)at; sum += load(x + from);, store(y + to, sum * share);)
}

void dh_average_pool_backward(dh_window w, const float *dy, float *dx, int adds) {
  const float share = 1.0f / (float)(w.kernel_rows * w.kernel_columns);
  clear(w, dx, adds);
  EACH_WINDOW(vec d = load(dy + to) * share;, (void)at; store(dx + from, load(dx + from) + d);, )
}
