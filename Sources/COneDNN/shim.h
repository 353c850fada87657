// oneDNN as both of its C interfaces have it: version 2 (Debian 12) and version 3 (Homebrew). What differs between them
// stands here and nowhere else; `dnnl_sgemm` is the same in both.
#ifndef DOWNHILL_CONEDNN_H
#define DOWNHILL_CONEDNN_H

#include <dnnl.h>

// C = alpha · op(A) · op(B) + beta · C, row-major; 'T' reads a factor transposed. Returns 0 where it was done.
static inline int dh_onednn_sgemm(char transa, char transb, long m, long n, long k, float alpha, const float *a,
                                  long lda, const float *b, long ldb, float beta, float *c, long ldc) {
  return (int)dnnl_sgemm(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

static inline int dh_onednn_major_version(void) { return dnnl_version()->major; }

#endif
