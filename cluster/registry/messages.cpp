#include "cluster/registry/messages.h"

#include <algorithm>
#include <charconv>

#include "protocol/limits.h"

namespace nano::cluster {
namespace {

/// "host:port", where the host has no spaces and the port is from 1 to 65535.
bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == 0 || colon == std::string_view::npos || text.size() > 255) return false;
  const std::string_view port_text = text.substr(colon + 1);
  unsigned port = 0;
  const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  return parsed.ec == std::errc{} && parsed.ptr == port_text.data() + port_text.size() && port >= 1 &&
         port <= 65535 && text.find_first_of(" \t\r\n/") == std::string_view::npos;
}

}  // namespace

std::optional<Member> to_member(const clusterpb::MemberInfo& info, std::string& problem) {
  if (!is_address(info.serviceaddr())) {
    problem = "the service address \"" + info.serviceaddr() + "\" is not host:port";
    return std::nullopt;
  }
  Member member{.address = info.serviceaddr(),
                .label = info.label(),
                .services = {info.services().begin(), info.services().end()},
                .link_version = info.linkversion(),
                .gate_number = info.gatenumber(),
                .incarnation = info.incarnation()};
  for (const std::string& service : member.services) {
    if (!service.empty() && service.size() <= protocol::route_bytes_max) continue;
    problem = "member " + member.address + " has a service whose name is empty or longer than 255 bytes";
    return std::nullopt;
  }
  std::sort(member.services.begin(), member.services.end());
  member.services.erase(std::unique(member.services.begin(), member.services.end()), member.services.end());
  return member;
}

void fill(const Member& member, clusterpb::MemberInfo& info) {
  info.set_serviceaddr(member.address);
  info.set_label(member.label);
  for (const std::string& service : member.services) info.add_services(service);
  info.set_linkversion(member.link_version);
  info.set_gatenumber(member.gate_number);
  info.set_incarnation(member.incarnation);
}

}  // namespace nano::cluster
