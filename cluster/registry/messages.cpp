#include "cluster/registry/messages.h"

#include <algorithm>
#include <charconv>

#include "cluster/network/limits.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"

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

/// What is wrong with a text, or nothing.
std::string problem_of_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return "more than " + std::to_string(bytes_max) + " bytes";
  return protocol::is_utf8(text) ? "" : "bytes that are not UTF-8";
}

}  // namespace

std::string problem_of(const Member& member) {
  if (const std::string problem = problem_of_text(member.address, limits::address_bytes); !problem.empty()) {
    return "the service address has " + problem;
  }
  if (!is_address(member.address)) return "the service address \"" + member.address + "\" is not host:port";
  const std::string who = "member " + member.address + " has ";
  if (const std::string problem = problem_of_text(member.label, limits::label_bytes); !problem.empty()) {
    return who + "a label of " + problem;
  }
  if (member.services.size() > limits::services_per_member) {
    return who + "more than " + std::to_string(limits::services_per_member) + " services";
  }
  for (const std::string& service : member.services) {
    const std::string problem = problem_of_text(service, limits::service_name_bytes);
    if (service.empty() || !problem.empty()) {
      return who + "a service whose name has " + (service.empty() ? "no bytes" : problem);
    }
  }
  return {};
}

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
