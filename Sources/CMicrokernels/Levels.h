// What the levels need of the compiler.
#ifndef DOWNHILL_LEVELS_H
#define DOWNHILL_LEVELS_H

#include "CMicrokernels.h"

// a·b + c is one operation where the CPU has one: these sums are no bit for bit contract between levels.
#pragma clang fp contract(fast)

#define DH_INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define DH_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define DH_TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define DH_TARGET_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")))
#endif

#endif
