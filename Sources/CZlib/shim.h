// zlib's inflater, whose initialiser is a macro.
#ifndef DOWNHILL_CZLIB_H
#define DOWNHILL_CZLIB_H

#include <zlib.h>

// Ready to inflate gzip.
static inline int dh_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
