#include "nano/net/listen_address.h"

#include "nano/base/host_port.h"

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
  const Result<HostPort> parts = parse_host_port(address);
  if (!parts) return parts.error();
  return ListenAddress{std::string{parts->host == "*" ? "" : parts->host}, parts->port};
}

bool overlap(const ListenAddress& a, const ListenAddress& b) {
  if (a.port != b.port || a.port == 0) return false;
  return takes(a.host, b.host) || takes(b.host, a.host);
}

}  // namespace nano
