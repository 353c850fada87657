#include "Levels.h"

float *dh_tile(void) {
  static _Thread_local float tile[dh_panel_width * dh_panel_width] __attribute__((aligned(64)));
  return tile;
}

#if defined(__x86_64__)
__attribute__((target("prfchw")))
#endif
void dh_prepare(const void *start, long bytes, long rows, long stride) {
  for (long row = 0; row < rows; row++)
    for (long byte = 0; byte < bytes; byte += 64) __builtin_prefetch((const char *)start + row * stride + byte, 1, 2);
}

#if defined(__x86_64__)
#define DH_NAME(name) avx512_##name
#define DH_TARGET DH_TARGET_AVX512
#include "TileFloat.inc"

#define DH_NAME(name) avx2_##name
#define DH_TARGET DH_TARGET_AVX2
#include "TileFloat.inc"

#define DH_CALL(level, name, ...)                                                                                      \
  switch (level) {                                                                                                     \
    case dh_avx512_bf16:                                                                                               \
    case dh_avx512: avx512_##name(__VA_ARGS__); return;                                                                \
    case dh_avx2: avx2_##name(__VA_ARGS__); return;                                                                    \
    default: portable_##name(__VA_ARGS__);                                                                             \
  }
#else
#define DH_CALL(level, name, ...) portable_##name(__VA_ARGS__);
#endif

#define DH_NAME(name) portable_##name
#define DH_TARGET
#include "TileFloat.inc"

void dh_combine_f32(dh_level level, float *tile, long rows, long width, float product, float old, const float *panel) {
  DH_CALL(level, combine, tile, rows, width, product, old, panel)
}

void dh_mirror(dh_level level, float *tile, long width) { DH_CALL(level, mirror, tile, width) }

void dh_store_columns_f32(dh_level level, const float *x, long stride, long rows, long columns, float scale,
                          float *panel, long width) {
  DH_CALL(level, columns, x, stride, rows, columns, scale, panel, width)
}

void dh_store_rows_f32(dh_level level, const float *x, long stride, long rows, long columns, float scale, float *panel,
                       long width) {
  DH_CALL(level, rows, x, stride, rows, columns, scale, panel, width)
}
