#include "Levels.h"

// 8 rows of three registers of 16: 24 sums, three loads and eight broadcasts a step.
#if defined(__x86_64__)
#define DH_NAME(name) avx512_##name
#define DH_TARGET DH_TARGET_AVX512
#define DH_LANES 16
#define DH_ROWS 8
#define DH_VECTORS 3
#include "BlockFloat.inc"

// 4 rows of two registers of 8, of sixteen registers in all.
#define DH_NAME(name) avx2_##name
#define DH_TARGET DH_TARGET_AVX2
#define DH_LANES 8
#define DH_ROWS 4
#define DH_VECTORS 2
#include "BlockFloat.inc"
#endif

#define DH_NAME(name) portable_##name
#define DH_TARGET
#define DH_LANES 4
#define DH_ROWS 4
#define DH_VECTORS 2
#include "BlockFloat.inc"

void dh_block_f32(dh_level level, const float *a, long a_width, const float *b, long b_width, long inner, float *tile,
                  int accumulates, int upper) {
  switch (level) {
#if defined(__x86_64__)
    case dh_avx512_bf16:
    case dh_avx512: avx512_block(a, a_width, b, b_width, inner, tile, accumulates, upper); return;
    case dh_avx2: avx2_block(a, a_width, b, b_width, inner, tile, accumulates, upper); return;
#endif
    default: portable_block(a, a_width, b, b_width, inner, tile, accumulates, upper);
  }
}
