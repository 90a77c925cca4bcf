#include "cluster/registry/messages.h"

#include <algorithm>

#include "cluster/registry/limits.h"
#include "protocol/limits.h"

namespace nano::cluster {
namespace {

static_assert(limits::service_name_bytes == protocol::route_bytes_max);

/// A sentence, or nothing.
std::string problem_of(const clusterpb::MemberInfo& info) {
  const std::string& address = info.serviceaddr();
  const auto more_than = [](std::size_t bound) { return "more than " + std::to_string(bound); };
  if (address.size() > limits::address_bytes) {
    return "the service address has " + more_than(limits::address_bytes) + " bytes";
  }
  if (!is_address(address)) return "the service address \"" + address + "\" is not host:port";
  if (info.label().size() > limits::label_bytes) {
    return "member " + address + " has a label of " + more_than(limits::label_bytes) + " bytes";
  }
  if (static_cast<std::size_t>(info.services_size()) > limits::services_per_member) {
    return "member " + address + " has " + more_than(limits::services_per_member) + " services";
  }
  for (const std::string& service : info.services()) {
    if (!service.empty() && service.size() <= limits::service_name_bytes) continue;
    return "member " + address + " has a service whose name is empty or longer than " +
           std::to_string(limits::service_name_bytes) + " bytes";
  }
  return {};
}

}  // namespace

std::optional<Member> to_member(const clusterpb::MemberInfo& info, std::string& problem) {
  problem = problem_of(info);
  if (!problem.empty()) return std::nullopt;
  Member member{.address = info.serviceaddr(),
                .label = info.label(),
                .services = {info.services().begin(), info.services().end()},
                .link_version = info.linkversion(),
                .gate_number = info.gatenumber(),
                .incarnation = info.incarnation()};
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
