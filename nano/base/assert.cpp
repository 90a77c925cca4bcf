#include "nano/base/assert.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace nano::detail {

void assertion_failed(const char* condition, const char* file, int line, const char* why) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s (%s)\n", file, line, why, condition);
  std::abort();
}

void requirement_failed(const char* why) { throw std::logic_error(why); }

}  // namespace nano::detail
