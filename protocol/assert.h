// Internal header. Checks for mistakes of the calling code, also in release builds: a packet with a wrong
// length would corrupt the stream of a client, so the process stops at the place of the mistake instead.
#pragma once

#include <cstdio>
#include <cstdlib>

#define NANO_PROTOCOL_ASSERT(condition)                                                      \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
