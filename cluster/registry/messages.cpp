#include "cluster/registry/messages.h"

#include <algorithm>
#include <charconv>

#include "cluster/network/limits.h"
#include "protocol/limits.h"

namespace nano::cluster {
namespace {

static_assert(limits::service_name_bytes == protocol::route_bytes_max);

/// Begins the entry that is no service: see MemberInfo.services.
constexpr std::string_view link_mark = "nano-link:";

std::string link_entry(const Member& member) {
  char digits[16];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), member.incarnation, 16).ptr;
  return std::string{link_mark} + std::to_string(member.link_version) + ":" + std::string{digits, end};
}

/// Whether the entry is the one that is no service; a good one tells `member` what it is.
bool take_link_entry(std::string_view entry, Member& member) {
  if (!entry.starts_with(link_mark)) return false;
  const char* const end = entry.data() + entry.size();
  std::uint32_t version = 0;
  std::uint64_t incarnation = 0;
  const auto [colon, problem] = std::from_chars(entry.data() + link_mark.size(), end, version);
  if (problem != std::errc{} || colon == end || *colon != ':') return true;
  const auto last = std::from_chars(colon + 1, end, incarnation, 16);
  if (last.ec != std::errc{} || last.ptr != end || version == 0 || incarnation == 0) return true;
  member.link_version = version;
  member.incarnation = incarnation;
  return true;
}

/// A sentence, or nothing.
std::string problem_of(const Member& member) {
  const auto more_than = [](std::size_t bound) { return "more than " + std::to_string(bound); };
  if (member.address.size() > limits::address_bytes) {
    return "the service address has " + more_than(limits::address_bytes) + " bytes";
  }
  if (!is_address(member.address)) return "the service address \"" + member.address + "\" is not host:port";
  if (member.label.size() > limits::label_bytes) {
    return "member " + member.address + " has a label of " + more_than(limits::label_bytes) + " bytes";
  }
  if (member.services.size() > limits::services_per_member) {
    return "member " + member.address + " has " + more_than(limits::services_per_member) + " services";
  }
  for (const std::string& service : member.services) {
    if (!service.empty() && service.size() <= limits::service_name_bytes) continue;
    return "member " + member.address + " has a service whose name is empty or longer than " +
           std::to_string(limits::service_name_bytes) + " bytes";
  }
  return {};
}

}  // namespace

std::optional<Member> to_member(const clusterpb::MemberInfo& info, std::string& problem) {
  Member member{.address = info.serviceaddr(), .label = info.label(), .gate_number = info.gatenumber()};
  for (const std::string& entry : info.services()) {
    if (!take_link_entry(entry, member)) member.services.push_back(entry);
  }
  if (info.linkversion() != 0) {
    member.link_version = info.linkversion();
    member.incarnation = info.incarnation();
  }
  problem = problem_of(member);
  if (!problem.empty()) return std::nullopt;
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

void fill_for_master(const Member& self, clusterpb::MemberInfo& info) {
  fill(self, info);
  info.add_services(link_entry(self));
}

}  // namespace nano::cluster
