#include "cluster/registry/member.h"

#include <algorithm>
#include <charconv>

namespace nano::cluster {

bool Member::offers(std::string_view service) const {
  return std::binary_search(services.begin(), services.end(), service);
}

bool is_address(std::string_view text, unsigned port_least) {
  const auto colon = text.rfind(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');  // as IPv6 addresses have to be
  if (host.find(':') != std::string_view::npos && !in_brackets) return false;
  const std::string_view port_text = text.substr(colon + 1);
  unsigned port = 0;
  const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  return parsed.ec == std::errc{} && parsed.ptr == port_text.data() + port_text.size() &&
         port >= port_least && port <= 65535 && text.find_first_of(" \t\r\n/") == std::string_view::npos;
}

bool names_no_host(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host.empty() || host == "0.0.0.0" || host == "0" || host == "*" || host == "[::]" ||
         host == "[::0]" || host == "[0:0:0:0:0:0:0:0]";
}

}  // namespace nano::cluster
