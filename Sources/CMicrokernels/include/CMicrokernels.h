// The innermost loops of products of matrices, each written for several sets of instructions and chosen at run time.
//
// A *panel* holds up to 48 rows of a matrix so that a product reads it from front to back: in float32 number after
// number of the inner index, the rows side by side (`[k][width]`); in bfloat16 two numbers of the inner index side by
// side (`[k/2][width][2]`). Widths are 16, 32 or 48; what is beyond the matrix is zero. Every product here is C = A·Bᵀ of
// two panels; C is a *tile* of 48 × 48 numbers, whatever part of it counts.
#ifndef DOWNHILL_CMICROKERNELS_H
#define DOWNHILL_CMICROKERNELS_H

enum { dh_panel_width = 48 };

// The calling thread's own tile.
float *dh_tile(void);

// Which instructions: the numbers of `dh_level`.
typedef enum { dh_portable = 0, dh_avx2 = 1, dh_avx512 = 2, dh_avx512_bf16 = 3 } dh_level;

// Whether this CPU, and the system on it, can run a level.
int dh_has_level(dh_level level);

// Fetches `rows` pieces of memory, `stride` bytes apart, that will be written: a tile takes long enough for that.
void dh_prepare(const void *start, long bytes, long rows, long stride);

// tile = A·Bᵀ, or += where `accumulates`. With `upper` only what is right of the diagonal's squares of 16, and they, for
// a square tile of a symmetric product. `inner` counts numbers; in bfloat16 it is even.
void dh_block_f32(dh_level level, const float *a, long a_width, const float *b, long b_width, long inner, float *tile,
                  int accumulates, int upper);
void dh_block_bf16(const unsigned *a, long a_width, const unsigned *b, long b_width, long inner, float *tile,
                   int accumulates, int upper);

// tile = product · tile + old · panel, where the panel holds the transposed place of the tile (`rows` of its inner
// index).
void dh_combine_f32(dh_level level, float *tile, long rows, long width, float product, float old, const float *panel);
void dh_combine_bf16(float *tile, long rows, long width, float product, float old, const unsigned *panel);

// What rounding to bfloat16 leaves of scale · tile, written over the tile.
void dh_residue_bf16(float *tile, long rows, long columns, float scale);

// Makes a tile symmetric: what is left of the diagonal from what is right of it.
void dh_mirror(dh_level level, float *tile, long width);

// Writes a matrix of rows × columns (multiples of 16, at most 48; rows `stride` apart), times `scale`, to a panel: by
// columns, with the rows as inner index; or by rows, with the columns as inner index.
void dh_store_columns_f32(dh_level level, const float *x, long stride, long rows, long columns, float scale,
                          float *panel, long width);
void dh_store_rows_f32(dh_level level, const float *x, long stride, long rows, long columns, float scale, float *panel,
                       long width);
void dh_store_columns_bf16(const float *x, long stride, long rows, long columns, float scale, unsigned *panel,
                           long width);
void dh_store_rows_bf16(const float *x, long stride, long rows, long columns, float scale, unsigned *panel, long width);

#endif
