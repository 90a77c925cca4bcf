// Public header. Assertions that stay on in release builds: a failed one is a bug, never bad input.
#pragma once

namespace nano::detail {

/// Prints the failed condition with its place to standard error and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line, const char* why);

}  // namespace nano::detail

/// Aborts with `why` unless `condition` holds. `why` is a sentence for the one who reads the crash.
#define NANO_ASSERT(condition, why) \
  ((condition) ? void() : ::nano::detail::assertion_failed(#condition, __FILE__, __LINE__, why))
