// Internal header. What an exception says, whatever its type, for the log.
#pragma once

#include <string>

namespace nano {

/// Call from within a catch block. Any thread.
std::string text_of_current_exception();

}  // namespace nano
