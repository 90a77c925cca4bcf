#include "nano/base/host_port.h"

#include <charconv>
#include <string>

namespace nano {
namespace {

Error wrong(std::string sentence) { return {Errc::invalid_argument, std::move(sentence)}; }

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find("//") != std::string_view::npos) {
    return wrong("write host:port, as in 0.0.0.0:3250 or [::1]:3250.");
  }
  HostPort parsed{text.substr(0, colon)};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (port.empty() || failure != std::errc{} || end != port.data() + port.size()) {
    return wrong("the port is a number from 0 to 65535 (0: any free one), not \"" + std::string{port} +
                 "\".");
  }
  std::string_view& host = parsed.host;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.empty()) return wrong("between the brackets stands an IPv6 address, as in [::1]:3250.");
  } else if (host.find(':') != std::string_view::npos) {
    return wrong("an IPv6 address stands in brackets, as in [::1]:3250.");
  }
  return parsed;
}

}  // namespace nano
