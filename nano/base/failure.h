// Internal header. What is said of an exception that nobody caught.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nano/base/log.h"

namespace nano {

/// What the exception says, whatever its type. Call from within a catch block. Any thread.
std::string text_of_current_exception();

/// Writes `task failed in=<what> session=<session> error=<the exception's text>`, without the session where
/// there is none (0), within a budget for each `what` and text. Call from within a catch block.
void log_failure(const Log& log, std::string_view what, std::uint64_t session = 0);

}  // namespace nano
