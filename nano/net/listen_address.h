// Internal header. Addresses to listen on, as operators and programs write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nano/base/result.h"

namespace nano {

struct ListenAddress {
  std::string host;        ///< without brackets; empty: all addresses of the machine
  std::uint16_t port = 0;  ///< 0: any free one

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// As parse_host_port(), and of "*:port".
Result<ListenAddress> parse_listen_address(std::string_view address);

/// Whether one socket on each cannot be, as far as the text tells.
bool overlap(const ListenAddress& a, const ListenAddress& b);

}  // namespace nano
