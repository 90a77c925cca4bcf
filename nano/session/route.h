// Public header. What the routes of messages must be.
#pragma once

#include <string_view>

namespace nano {

/// Throws std::invalid_argument, with a sentence, for a route that is not UTF-8: clients decode it as such.
/// Takes some nanoseconds.
void require_utf8_route(std::string_view route);

}  // namespace nano
