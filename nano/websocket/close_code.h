// Internal header. Close codes that we send (RFC 6455, section 7.4.1).
#pragma once

#include <cstdint>

namespace nano {

enum class WebSocketClose : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  invalid_data = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
};

}  // namespace nano
