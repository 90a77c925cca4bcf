#include "nano/transport/listen_address.h"

#include <charconv>

namespace nano {
namespace {

/// Whether a socket on `all` leaves none for `host`. One on all IPv6 addresses is on those of IPv4, too.
bool takes(const std::string& all, const std::string& host) {
  if (all.empty() || all == "::" || all == host) return true;
  const bool is_v6 = host.find(':') != std::string::npos;
  return all == "0.0.0.0" && !is_v6;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view address) {
  const auto wrong = [](std::string sentence) { return Error{Errc::invalid_argument, std::move(sentence)}; };
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos || address.find("//") != std::string_view::npos) {
    return wrong("write host:port, as in 0.0.0.0:3250 or [::1]:3250.");
  }
  std::string_view host = address.substr(0, colon);
  const std::string_view port_text = address.substr(colon + 1);
  ListenAddress parsed;
  const auto [end, failure] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), parsed.port);
  if (port_text.empty() || failure != std::errc{} || end != port_text.data() + port_text.size()) {
    return wrong("the port is a number from 0 to 65535 (0: any free one), not \"" + std::string{port_text} +
                 "\".");
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.empty()) return wrong("between the brackets stands an IPv6 address, as in [::1]:3250.");
  } else if (host.find(':') != std::string_view::npos) {
    return wrong("an IPv6 address stands in brackets, as in [::1]:3250.");
  }
  if (host != "*") parsed.host = std::string{host};
  return parsed;
}

bool overlap(const ListenAddress& a, const ListenAddress& b) {
  if (a.port != b.port || a.port == 0) return false;
  return takes(a.host, b.host) || takes(b.host, a.host);
}

}  // namespace nano
