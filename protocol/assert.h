// Public header. Checks that stay on in release builds: assertions, for bugs of Nano's own, and requirements,
// for mistakes of the application.
#pragma once

namespace nano::detail {

/// Prints the failed condition with its place to standard error and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line, const char* why);

/// Throws std::logic_error with `why`.
[[noreturn]] void requirement_failed(const char* why);

}  // namespace nano::detail

/// Ends the process with `why` unless `condition` holds: a state that only a bug of Nano's can bring about,
/// and that nothing sound can follow. `why` is a sentence for the one who reads the crash.
#define NANO_ASSERT(condition, why) \
  ((condition) ? void() : ::nano::detail::assertion_failed(#condition, __FILE__, __LINE__, why))

/// Throws std::logic_error with `why` unless `condition` holds: a call against its contract, which costs the
/// handler, timer or task that makes it, and nobody else. Not for destructors, which must not throw.
#define NANO_REQUIRE(condition, why) ((condition) ? void() : ::nano::detail::requirement_failed(why))
