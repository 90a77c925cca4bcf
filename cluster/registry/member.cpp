#include "cluster/registry/member.h"

#include <algorithm>

#include "nano/base/host_port.h"

namespace nano::cluster {

bool Member::offers(std::string_view service) const {
  return std::binary_search(services.begin(), services.end(), service);
}

bool is_address(std::string_view text, unsigned port_least) {
  const Result<HostPort> parts = parse_host_port(text);
  return parts && !parts->host.empty() && parts->port >= port_least &&
         text.find_first_of(" \t\r\n/") == std::string_view::npos;
}

bool names_no_host(std::string_view address) {
  const Result<HostPort> parts = parse_host_port(address);
  const std::string_view host = parts ? parts->host : "";
  return host.empty() || host == "0.0.0.0" || host == "0" || host == "*" || host == "::" || host == "::0" ||
         host == "0:0:0:0:0:0:0:0";
}

}  // namespace nano::cluster
