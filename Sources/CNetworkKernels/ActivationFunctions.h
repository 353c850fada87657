// The functions that are applied number by number, and their slopes.
#ifndef DOWNHILL_ACTIVATIONFUNCTIONS_H
#define DOWNHILL_ACTIVATIONFUNCTIONS_H

#include "CNetworkKernels.h"
#include "Vector.h"

#pragma clang fp contract(fast)

INLINE vec value(dh_activation kind, vec x) {
  switch (kind) {
    case dh_identity: return x;
    case dh_relu: return greatest(x, (vec)0.0f);
    case dh_relu2: {
      vec y = greatest(x, (vec)0.0f);
      return y * y;
    }
    case dh_gelu: return x * vnormal(x);
    case dh_gelu_tanh: return 0.5f * x * (1.0f + vtanh(0.79788456f * (x + 0.044715f * x * x * x)));
    case dh_silu: return x * vsigmoid(x);
    case dh_tanh: return vtanh(x);
  }
}

INLINE vec slope(dh_activation kind, vec x) {
  switch (kind) {
    case dh_identity: return (vec)1.0f;
    case dh_relu: return choose(x > 0.0f, (vec)1.0f, (vec)0.0f);
    case dh_relu2: return 2.0f * greatest(x, (vec)0.0f);
    case dh_gelu: return vnormal(x) + x * (0.39894228f * vexp(-0.5f * x * x));
    case dh_gelu_tanh: {
      vec t = vtanh(0.79788456f * (x + 0.044715f * x * x * x));
      return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * (0.79788456f * (1.0f + 0.134145f * x * x));
    }
    case dh_silu: {
      vec s = vsigmoid(x);
      return s * (1.0f + x * (1.0f - s));
    }
    case dh_tanh: {
      vec y = vtanh(x);
      return 1.0f - y * y;
    }
  }
}

#endif
