// Internal header. For tests: when waiting has failed.
#pragma once

#include <chrono>

namespace nano::sockets {

/// The last net: what takes longer has hung. Nothing waits this long in a test that passes.
inline constexpr std::chrono::seconds time_limit{20};

}  // namespace nano::sockets
