#include "nano/session/route.h"

#include <stdexcept>

#include "protocol/utf8.h"

namespace nano {

void require_utf8_route(std::string_view route) {
  if (protocol::is_utf8(route)) return;
  throw std::invalid_argument("The route \"" + protocol::replace_invalid_utf8(route.substr(0, 40)) +
                              "\" is not UTF-8; the wire format allows nothing else.");
}

}  // namespace nano
