// Public header. HostPort: the text "host:port" in its two parts.
#pragma once

#include <cstdint>
#include <string_view>

#include "nano/base/result.h"

namespace nano {

struct HostPort {
  std::string_view host;  ///< without the brackets of an IPv6 address; may be empty. A part of the text
  std::uint16_t port = 0;
};

/// Of "host:port", "[v6 address]:port" or ":port", the port a number from 0 to 65535. The error is a sentence
/// that says what to write. What a host may be called, and what its name stands for, is not asked here.
Result<HostPort> parse_host_port(std::string_view text);

}  // namespace nano
