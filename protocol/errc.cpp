#include "protocol/errc.h"

namespace nano::protocol {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::unknown_route: return "unknown_route";
    case Errc::bad_payload: return "bad_payload";
    case Errc::refused: return "refused";
    case Errc::internal: return "internal";
    case Errc::too_many_requests: return "too_many_requests";
    case Errc::timeout: return "timeout";
    case Errc::unavailable: return "unavailable";
    case Errc::invalid_argument: return "invalid_argument";
  }
  return "internal";
}

}  // namespace nano::protocol
