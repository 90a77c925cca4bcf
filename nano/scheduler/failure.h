// Internal header. The log line of a task that threw.
#pragma once

#include <exception>
#include <string_view>

#include "nano/base/log.h"

namespace nano {

/// Writes `task failed in=<what> error=<the exception's text>`, within a budget for each text.
void log_failure(const Log& log, std::string_view what, std::exception_ptr failure);

}  // namespace nano
