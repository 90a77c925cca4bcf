// Public header. The error codes that Nano itself gives, to programs and, in error responses, to clients.
#pragma once

#include <string_view>

namespace nano::protocol {

/// Codes of Nano's own failures. Applications add codes of their own as text (see Error).
enum class Errc {
  unknown_route,      ///< no handler is registered under the route
  bad_payload,        ///< what was sent does not decode, as into the handler's type
  refused,            ///< for filters of the pipeline that refuse a message
  internal,           ///< the handler threw, or never answered
  too_many_requests,  ///< the session has too many unanswered requests (limits.h)
  timeout,            ///< a deadline passed
  unavailable,        ///< the service cannot be reached, or the server is stopping
  invalid_argument,   ///< a value is outside what the call allows
};

/// The code as clients see it: the enumerator's name.
std::string_view to_string(Errc code);

}  // namespace nano::protocol
