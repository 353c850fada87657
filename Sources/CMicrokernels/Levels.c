#include "CMicrokernels.h"

#if defined(__x86_64__)
int dh_has_level(dh_level level) {
  __builtin_cpu_init();
  int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  switch (level) {
    case dh_portable: return 1;
    case dh_avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case dh_avx512: return avx512;
    case dh_avx512_bf16: return avx512 && __builtin_cpu_supports("avx512bf16");
  }
  return 0;
}
#else
int dh_has_level(dh_level level) { return level == dh_portable; }
#endif
