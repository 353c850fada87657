#include "Levels.h"

#if defined(__x86_64__)
#include <immintrin.h>

// C = A·Bᵀ over 8 rows of A and `vectors` registers of B, which is known where this is inlined; `pairs` steps.
DH_INLINE DH_TARGET_BF16 void strip(const int vectors, const unsigned *a, long a_width, const unsigned *b, long b_width,
                                    long pairs, float *c, int accumulates) {
  __m512 sums[8][3];
#pragma clang loop unroll(full)
  for (int row = 0; row < 8; row++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sums[row][v] = accumulates ? _mm512_loadu_ps(c + row * dh_panel_width + v * 16) : _mm512_setzero_ps();
  for (long pair = 0; pair < pairs; pair++) {
    __m512bh right[3];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) right[v] = (__m512bh)_mm512_loadu_si512(b + v * 16);
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; row++) {
      __m512bh left = (__m512bh)_mm512_set1_epi32((int)a[row]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sums[row][v] = _mm512_dpbf16_ps(sums[row][v], left, right[v]);
    }
    a += a_width;
    b += b_width;
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < 8; row++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) _mm512_storeu_ps(c + row * dh_panel_width + v * 16, sums[row][v]);
}

DH_TARGET_BF16 void dh_block_bf16(const unsigned *a, long a_width, const unsigned *b, long b_width, long inner,
                                  float *tile, int accumulates, int upper) {
  for (long row = 0; row < a_width; row += 8) {
    long column = upper ? row / 16 * 16 : 0;
    float *c = tile + row * dh_panel_width + column;
    switch ((b_width - column) / 16) {
      case 3: strip(3, a + row, a_width, b + column, b_width, inner / 2, c, accumulates); break;
      case 2: strip(2, a + row, a_width, b + column, b_width, inner / 2, c, accumulates); break;
      case 1: strip(1, a + row, a_width, b + column, b_width, inner / 2, c, accumulates); break;
    }
  }
}

DH_TARGET_BF16 void dh_combine_bf16(float *tile, long rows, long width, float product, float old,
                                    const unsigned *panel) {
  __m512 factor = _mm512_set1_ps(product), kept = _mm512_set1_ps(old);
  __m512i high = _mm512_set1_epi32((int)0xffff0000u);
  for (long row = 0; row < rows; row += 2)
    for (long column = 0; column < width; column += 16) {
      __m512i both = _mm512_loadu_si512(panel + row / 2 * width + column);
      __m512 first = _mm512_castsi512_ps(_mm512_slli_epi32(both, 16));
      __m512 second = _mm512_castsi512_ps(_mm512_and_si512(both, high));
      float *place = tile + row * dh_panel_width + column;
      __m512 upper = _mm512_mul_ps(factor, _mm512_loadu_ps(place));
      __m512 lower = _mm512_mul_ps(factor, _mm512_loadu_ps(place + dh_panel_width));
      _mm512_storeu_ps(place, _mm512_fmadd_ps(kept, first, upper));
      _mm512_storeu_ps(place + dh_panel_width, _mm512_fmadd_ps(kept, second, lower));
    }
}

DH_TARGET_BF16 void dh_residue_bf16(float *tile, long rows, long columns, float scale) {
  __m512 factor = _mm512_set1_ps(scale);
  for (long row = 0; row < rows; row++)
    for (long column = 0; column < columns; column += 16) {
      float *place = tile + row * dh_panel_width + column;
      __m512 whole = _mm512_mul_ps(factor, _mm512_loadu_ps(place));
      __m256i rounded = (__m256i)_mm512_cvtneps_pbh(whole);
      __m512i high = _mm512_slli_epi32(_mm512_cvtepu16_epi32(rounded), 16);
      _mm512_storeu_ps(place, _mm512_sub_ps(whole, _mm512_castsi512_ps(high)));
    }
}

DH_TARGET_BF16 void dh_store_columns_bf16(const float *x, long stride, long rows, long columns, float scale,
                                          unsigned *panel, long width) {
  // Two rows are rounded into one register, one behind the other, and then dealt out in turn.
  short turns[32];
  for (int place = 0; place < 16; place++) {
    turns[2 * place] = (short)place;
    turns[2 * place + 1] = (short)(place + 16);
  }
  __m512i turn = _mm512_loadu_si512(turns);
  __m512 factor = _mm512_set1_ps(scale);
  for (long row = 0; row < rows; row += 2)
    for (long column = 0; column < columns; column += 16) {
      const float *place = x + row * stride + column;
      __m512 first = _mm512_mul_ps(factor, _mm512_loadu_ps(place));
      __m512 second = _mm512_mul_ps(factor, _mm512_loadu_ps(place + stride));
      __m512i both = (__m512i)_mm512_cvtne2ps_pbh(second, first);
      _mm512_storeu_si512(panel + row / 2 * width + column, _mm512_permutexvar_epi16(turn, both));
    }
}

// 16 rows of 16 numbers become 8 registers of 16 pairs.
DH_INLINE DH_TARGET_BF16 void turn_square(const float *x, long stride, __m512 factor, unsigned *panel, long width) {
  __m512i r[8], s[8];
  // Register i: the eight pairs of row i, and those of row i + 8 behind them.
#pragma clang loop unroll(full)
  for (int row = 0; row < 8; row++) {
    __m512 upper = _mm512_mul_ps(factor, _mm512_loadu_ps(x + row * stride));
    __m512 lower = _mm512_mul_ps(factor, _mm512_loadu_ps(x + (row + 8) * stride));
    r[row] = (__m512i)_mm512_cvtne2ps_pbh(lower, upper);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    s[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    s[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm512_unpacklo_epi64(s[i], s[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(s[i], s[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(s[i + 1], s[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(s[i + 1], s[i + 3]);
  }
  // Now register i (i + 4) holds in each quarter four rows, 0 to 3 (4 to 7), of pair i or i + 4, rows below 8 first.
  __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), high = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    _mm512_storeu_si512(panel + i * width, _mm512_permutex2var_epi64(r[i], low, r[i + 4]));
    _mm512_storeu_si512(panel + (i + 4) * width, _mm512_permutex2var_epi64(r[i], high, r[i + 4]));
  }
}

DH_TARGET_BF16 void dh_store_rows_bf16(const float *x, long stride, long rows, long columns, float scale,
                                       unsigned *panel, long width) {
  __m512 factor = _mm512_set1_ps(scale);
  for (long column = 0; column < columns; column += 16)
    for (long row = 0; row < rows; row += 16)
      turn_square(x + row * stride + column, stride, factor, panel + column / 2 * width + row, width);
}

#else
// No level of another CPU has products of bfloat16: these are never called.
void dh_block_bf16(const unsigned *a, long a_width, const unsigned *b, long b_width, long inner, float *tile,
                   int accumulates, int upper) {}
void dh_combine_bf16(float *tile, long rows, long width, float product, float old, const unsigned *panel) {}
void dh_residue_bf16(float *tile, long rows, long columns, float scale) {}
void dh_store_columns_bf16(const float *x, long stride, long rows, long columns, float scale, unsigned *panel,
                           long width) {}
void dh_store_rows_bf16(const float *x, long stride, long rows, long columns, float scale, unsigned *panel,
                        long width) {}
#endif
