#include "cluster/registry/master.h"

#include <algorithm>
#include <utility>

#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

constexpr std::uint32_t gate_number_max = 0x7fffffff;  // ids stay positive in Go Nano's int64

/// A master that starts again does not know which gate numbers it gave before. It begins with the seconds
/// since 1970, and gives less than one a second over the years.
std::uint32_t first_gate_number(const Clock& clock) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.wall().time_since_epoch());
  return static_cast<std::uint32_t>(seconds.count()) & gate_number_max;
}

std::uint32_t milliseconds(Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

CallOutcome refusal(std::string sentence) { return NetworkError{NetworkErrc::refused, std::move(sentence)}; }

CallOutcome undecodable() { return refusal("the request is not the protobuf message that the method takes"); }

}  // namespace

Master::Master(Scheduler& scheduler, Network& network, MasterOptions options)
    : scheduler_(scheduler),
      network_(network),
      options_(options),
      last_gate_number_(first_gate_number(scheduler.clock())),
      expiry_timer_(scheduler.every(options.heartbeat_interval, [this] { expire(); })) {}

Member Master::add_self(Member self, Listener listener) {
  self_address_ = self.address;
  listener_ = std::move(listener);
  return put(std::move(self));
}

bool Master::on_call(std::string_view method, std::string_view request, CallReply& reply) {
  if (method == method::register_member) return reply(on_register(request)), true;
  if (method == method::unregister_member) return reply(on_unregister(request)), true;
  if (method == method::heartbeat) return reply(on_heartbeat(request)), true;
  return false;
}

std::vector<Member> Master::members() const {
  std::vector<Member> members;
  for (const auto& [address, entry] : entries_) members.push_back(entry.member);
  return members;
}

CallOutcome Master::on_register(std::string_view request) {
  const auto message = parse<clusterpb::RegisterRequest>(request);
  if (!message) return undecodable();
  std::string problem;
  std::optional<Member> member = to_member(message->memberinfo(), problem);
  if (!member) return refusal(problem);
  if (member->address == self_address_) {
    return refusal("the address " + member->address + " is the master's own; give the node another one");
  }
  clusterpb::RegisterResponse response;
  for (const auto& [address, entry] : entries_) {
    if (address != member->address) fill(entry.member, *response.add_members());
  }
  const Member& now = put(std::move(*member));
  response.set_gatenumber(now.gate_number);
  response.set_heartbeatms(milliseconds(options_.heartbeat_interval));
  response.set_expiryms(milliseconds(options_.expiry));
  return response.SerializeAsString();
}

CallOutcome Master::on_unregister(std::string_view request) {
  const auto message = parse<clusterpb::UnregisterRequest>(request);
  if (!message) return undecodable();
  const auto entry = entries_.find(message->serviceaddr());
  if (entry == entries_.end() || entry->first == self_address_) {
    return refusal("there is no member at \"" + message->serviceaddr() + "\"");
  }
  remove(entry, "it said goodbye");
  return clusterpb::UnregisterResponse{}.SerializeAsString();
}

CallOutcome Master::on_heartbeat(std::string_view request) {
  const auto message = parse<clusterpb::HeartbeatRequest>(request);
  if (!message) return undecodable();
  const auto entry = entries_.find(message->memberinfo().serviceaddr());
  if (entry == entries_.end() || entry->second.member.incarnation != message->memberinfo().incarnation()) {
    return refusal("this master does not know the member; register");
  }
  entry->second.last_heard = scheduler_.now();
  entry->second.sends_heartbeats = true;
  return clusterpb::HeartbeatResponse{}.SerializeAsString();
}

Member& Master::put(Member member) {
  member.gate_number = gate_number_for(member);
  const std::string address = member.address;
  const auto [place, is_new] = entries_.try_emplace(address);
  Entry& entry = place->second;
  const std::optional<Member> old = is_new ? std::nullopt : std::optional{std::move(entry.member)};
  entry.member = std::move(member);
  entry.last_heard = scheduler_.now();
  entry.sends_heartbeats = entry.member.link_version > 0;  // ours do from the first moment on
  if (address != self_address_) entry.news = std::make_unique<News>(scheduler_, network_.connect(address));
  // The same process that comes again, as after a restart of the master, is no news.
  const bool same = old && old->incarnation != 0 && *old == entry.member;
  if (!same) tell_others(address, old ? &*old : nullptr, &entry.member);
  scheduler_.log().info(
      "cluster member registered",
      {{"address", address}, {"label", entry.member.label}, {"gate_number", entry.member.gate_number}});
  return entry.member;
}

void Master::remove(std::map<std::string, Entry>::iterator entry, std::string_view why) {
  const Member member = std::move(entry->second.member);
  entries_.erase(entry);
  scheduler_.log().info("cluster member gone", {{"address", member.address}, {"reason", why}});
  tell_others(member.address, &member, nullptr);
}

void Master::tell_others(const std::string& about, const Member* old, const Member* now) {
  for (auto& [address, entry] : entries_) {
    if (address == about || !entry.news) continue;
    entry.news->tell(about, old != nullptr, now ? std::optional{*now} : std::nullopt);
  }
  if (!listener_) return;
  if (old) listener_(*old, false);
  if (now) listener_(*now, true);
}

std::uint32_t Master::gate_number_for(const Member& member) {
  const auto is_taken = [&](std::uint32_t number) {
    for (const auto& [address, entry] : entries_) {
      if (entry.member.gate_number == number && address != member.address) return true;
    }
    return false;
  };
  const bool possible = member.gate_number >= 1 && member.gate_number <= gate_number_max;
  if (possible && !is_taken(member.gate_number)) {
    last_gate_number_ = std::max(last_gate_number_, member.gate_number);  // not to be given to another later
    return member.gate_number;
  }
  if (member.link_version == 0) return 0;  // Go nodes number themselves
  do {
    last_gate_number_ = last_gate_number_ % gate_number_max + 1;
  } while (is_taken(last_gate_number_));
  return last_gate_number_;
}

void Master::expire() {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto current = entry++;
    const Entry& member = current->second;
    if (!member.news) continue;
    const bool silent = member.sends_heartbeats && scheduler_.now() - member.last_heard >= options_.expiry;
    // Nodes that send no heartbeats are missed when there is news for them.
    const bool unreachable = !member.sends_heartbeats && member.news->failing_for() >= options_.expiry;
    if (silent) remove(current, "no heartbeat");
    if (unreachable) remove(current, "it cannot be reached");
  }
}

}  // namespace nano::cluster
