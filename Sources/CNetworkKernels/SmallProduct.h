// Products of matrices that lie in a near cache, on one thread: rows of B and C in whole vectors.
#ifndef DOWNHILL_SMALLPRODUCT_H
#define DOWNHILL_SMALLPRODUCT_H

#include "Vector.h"

#pragma clang fp contract(fast)

typedef struct {
  // From one row of A to the next, and from one column to the next: a transposed A swaps the two.
  long a_row, a_column, b_row, c_row;
  long inner;
  int adds;
} dh_strides;

#define UNROLL _Pragma("clang loop unroll(full)")

// A tile of C stays in registers while its sums are made.
#define TILE(ROWS, VECTORS)                                                                               \
  INLINE void tile_##ROWS##_##VECTORS(const float *a, const float *b, float *c, dh_strides s) {           \
    vec sums[ROWS][VECTORS];                                                                              \
    if (s.adds) {                                                                                         \
      UNROLL for (int i = 0; i < ROWS; i++)                                                               \
        UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = load(c + i * s.c_row + j * WIDTH);          \
    } else {                                                                                              \
      UNROLL for (int i = 0; i < ROWS; i++)                                                               \
        UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = 0.0f;                                       \
    }                                                                                                     \
    for (long k = 0; k < s.inner; k++) {                                                                  \
      vec row[VECTORS];                                                                                   \
      UNROLL for (int j = 0; j < VECTORS; j++) row[j] = load(b + k * s.b_row + j * WIDTH);                \
      UNROLL for (int i = 0; i < ROWS; i++) {                                                             \
        const vec factor = (vec)(a[i * s.a_row + k * s.a_column]);                                        \
        UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] += factor * row[j];                           \
      }                                                                                                   \
    }                                                                                                     \
    UNROLL for (int i = 0; i < ROWS; i++)                                                                 \
      UNROLL for (int j = 0; j < VECTORS; j++) store(c + i * s.c_row + j * WIDTH, sums[i][j]);            \
  }
TILE(16, 1)
TILE(8, 2)
TILE(8, 1)
TILE(1, 2)
TILE(1, 1)
#undef TILE

// C (+)= A·B; the columns are whole vectors.
INLINE void small_product(const float *a, const float *b, float *c, long rows, long columns, dh_strides s) {
  for (long column = 0; column < columns; column += 2 * WIDTH) {
    const int is_wide = columns - column >= 2 * WIDTH;
    const float *from = b + column;
    float *to = c + column;
    long row = 0;
    for (; row + 8 <= rows; row += 8) {
      if (is_wide) tile_8_2(a + row * s.a_row, from, to + row * s.c_row, s);
      else tile_8_1(a + row * s.a_row, from, to + row * s.c_row, s);
    }
    for (; row < rows; row++) {
      if (is_wide) tile_1_2(a + row * s.a_row, from, to + row * s.c_row, s);
      else tile_1_1(a + row * s.a_row, from, to + row * s.c_row, s);
    }
  }
}

// C = A·B, where B and C are a vector wide and their rows lie side by side; the rows of C in whole tiles.
INLINE void column_product(const float *a, long a_row, long a_column, const float *b, float *c, long rows, long inner) {
  const dh_strides s = {.a_row = a_row, .a_column = a_column, .b_row = WIDTH, .c_row = WIDTH, .inner = inner};
  for (long row = 0; row < rows; row += WIDTH) tile_16_1(a + row * a_row, b, c + row * WIDTH, s);
}

// Rows become columns: four perfect shuffles, Stone 1971.
INLINE void turn(vec *block) {
  vec next[WIDTH];
  UNROLL for (int pass = 0; pass < 4; pass++) {
    UNROLL for (int i = 0; i < WIDTH / 2; i++) {
      next[2 * i] =
          __builtin_shufflevector(block[i], block[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] =
          __builtin_shufflevector(block[i], block[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    UNROLL for (int i = 0; i < WIDTH; i++) block[i] = next[i];
  }
}

// y = scale·xᵀ: up to sixteen rows of `columns` numbers become `columns` whole vectors, zeros behind their ends.
INLINE void transposed(const float *x, long x_row, long rows, long columns, float scale, float *y) {
  for (long column = 0; column < columns; column += WIDTH) {
    const long wide = columns - column < WIDTH ? columns - column : WIDTH;
    vec block[WIDTH];
    const float *from = x + column;
    if (rows == WIDTH && wide == WIDTH) {
      UNROLL for (int i = 0; i < WIDTH; i++) block[i] = scale * load(from + i * x_row);
    } else {
      UNROLL for (int i = 0; i < WIDTH; i++)
        block[i] = i >= rows ? (vec)0.0f : scale * load_part(from + i * x_row, wide);
    }
    turn(block);
    UNROLL for (int i = 0; i < WIDTH; i++)
      if (i < wide) store(y + (column + i) * WIDTH, block[i]);
  }
}

// Rows side by side, each of whole vectors with zeros behind its end.
INLINE void gathered(const float *x, long x_row, long rows, long columns, float *y, long y_row) {
  for (long row = 0; row < rows; row++)
    for (long column = 0; column < y_row; column += WIDTH) {
      const long wide = columns - column < WIDTH ? columns - column : WIDTH;
      const float *from = x + row * x_row + column;
      store(y + row * y_row + column, wide == WIDTH ? load(from) : load_part(from, wide));
    }
}

#endif
