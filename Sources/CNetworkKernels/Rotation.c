#include "CNetworkKernels.h"
#include "Vector.h"

#pragma clang fp contract(fast)

void dh_rotate(const float *x, const float *cosine, const float *sine, float sign, float *y, long heads, long half,
               int adds) {
  for (long head = 0; head < heads; head++, x += 2 * half, y += 2 * half) {
    const float *behind = x + half;
    float *target = y + half;
    FOR_EACH(half, {
      vec a = GET(x);
      vec b = GET(behind);
      vec c = GET(cosine);
      vec s = sign * GET(sine);
      vec first = a * c - b * s;
      vec second = b * c + a * s;
      PUT(y, adds ? GET(y) + first : first);
      PUT(target, adds ? GET(target) + second : second);
    })
  }
}
