// Products of matrices of bfloat16 by oneDNN, summed in float32: made once for a shape, then run on the caller's memory.
#ifndef DOWNHILL_CPRODUCTS_H
#define DOWNHILL_CPRODUCTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct dh_product dh_product;

// C = op(A)·op(B), or C += where `adds`: m×k, k×n, m×n, row by row; a factor that is transposed lies as k×m, n×k.
// NULL where oneDNN has no kernel.
dh_product *dh_product_make(long m, long n, long k, int transposes_a, int transposes_b, int adds);
void dh_product_free(dh_product *);
// Bytes that a run may write over; to begin at a multiple of 64.
size_t dh_product_workspace(const dh_product *);
// 0 where it was done.
int dh_product_run(dh_product *, const uint16_t *a, const uint16_t *b, float *c, void *workspace);

#endif
