#include "cluster/registry/master.h"

#include <algorithm>
#include <utility>

namespace nano::cluster {
namespace {

/// A master that starts again does not know the numbers that it gave before, and members that it has not yet
/// heard of hold. So each begins somewhere else, far from the others however near their incarnations are: no
/// clock can be set back, nor be too coarse, for that.
std::uint32_t gate_numbers_begin(std::uint64_t incarnation) {
  return static_cast<std::uint32_t>((incarnation * 0x9e3779b97f4a7c15) >> 33);
}

std::uint32_t milliseconds(Duration duration) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

Master::Master(Scheduler& scheduler, Network& network, MasterOptions options)
    : scheduler_(scheduler),
      network_(network),
      options_(options),
      last_expiry_(scheduler.listened()),
      expiry_timer_(scheduler.every(options.heartbeat_interval, [this] { expire(); })) {}

Member Master::add_self(Member self, Listener listener) {
  self_address_ = self.address;
  listener_ = std::move(listener);
  changes_.set_master(self.incarnation);
  last_gate_number_ = gate_numbers_begin(self.incarnation);
  const Replaced change = put(std::move(self), News::Knows::all_so_far);
  tell(change);
  return *change.now;
}

bool Master::on_call(std::string_view method, std::string_view request, CallReply& reply) {
  if (method == method::register_member) return on_register(request, reply), true;
  if (method == method::unregister_member) return on_unregister(request, reply), true;
  if (method == method::heartbeat) return on_heartbeat(request, reply), true;
  return false;
}

std::vector<Member> Master::members() const {
  std::vector<Member> members;
  for (const auto& [address, entry] : entries_) members.push_back(*entry.member);
  return members;
}

void Master::on_register(std::string_view request, CallReply& reply) {
  const auto message = parse<clusterpb::RegisterRequest>(request);
  if (!message) return reply(undecodable());
  std::string problem;
  std::optional<Member> member = acceptable(message->memberinfo(), problem);
  if (!member) return reply(refusal(std::move(problem)));
  const std::string self = member->address;
  // What was meant for the Go process that was there before may have reached this one already, which must not
  // hear of a member twice: so it is told of all by news.
  const bool by_news = member->link_version == 0 && (entries_.contains(self) || sought_.contains(self));
  const Replaced change = put(std::move(*member), by_news ? News::Knows::some : News::Knows::all_so_far);
  clusterpb::RegisterResponse response;
  for (const auto& [address, entry] : entries_) {
    if (address != self && !by_news) fill(*entry.member, *response.add_members());
  }
  response.set_gatenumber(entries_[self].member->gate_number);
  response.set_heartbeatms(milliseconds(options_.heartbeat_interval));
  response.set_expiryms(milliseconds(options_.expiry));
  response.set_revision(changes_.revision());
  response.set_master(changes_.master());
  reply(response.SerializeAsString());
  tell(change);  // after the answer, which is to arrive before what the others say to the newcomer
  for (const clusterpb::MemberInfo& info : message->gomembers()) seek(info);
}

void Master::on_unregister(std::string_view request, CallReply& reply) {
  const auto message = parse<clusterpb::UnregisterRequest>(request);
  if (!message) return reply(undecodable());
  if (sought_.erase(message->serviceaddr()) != 0) {
    return reply(clusterpb::UnregisterResponse{}.SerializeAsString());
  }
  const auto entry = entries_.find(message->serviceaddr());
  if (entry == entries_.end() || entry->first == self_address_) {
    return reply(refusal("there is no member at that address"));
  }
  if (message->incarnation() != 0 && message->incarnation() != entry->second.member->incarnation) {
    return reply(refusal("another process is the member at that address"));
  }
  reply(clusterpb::UnregisterResponse{}.SerializeAsString());
  scheduler_.log()
      .limited(entry->first)
      .info("cluster member gone", {{"address", entry->first}, {"reason", "it said goodbye"}});
  remove(entry);
}

void Master::on_heartbeat(std::string_view request, CallReply& reply) {
  const auto message = parse<clusterpb::HeartbeatRequest>(request);
  if (!message) return reply(undecodable());
  const clusterpb::MemberInfo& info = message->memberinfo();
  const auto entry = entries_.find(info.serviceaddr());
  const bool known = entry != entries_.end() && entry->second.member->incarnation == info.incarnation();
  Replaced change;
  if (!known) {
    // Nodes of ours ask for the list. Those of Go Nano, which have no incarnation, never register again.
    std::string problem = "this master does not know the member; register";
    auto member = info.incarnation() == 0 ? acceptable(info, problem) : std::nullopt;
    if (!member) return reply(refusal(std::move(problem)));
    change = put(std::move(*member), News::Knows::some);
  }
  entries_[info.serviceaddr()].silent_for = {};
  reply(clusterpb::HeartbeatResponse{}.SerializeAsString());
  tell(change);
}

/// Nothing, with a sentence in `problem`, for a member that must not be put on the list.
std::optional<Member> Master::acceptable(const clusterpb::MemberInfo& info, std::string& problem) const {
  std::optional<Member> member = to_member(info, problem);
  if (!member) return std::nullopt;
  const auto found = entries_.find(member->address);
  if (member->address == self_address_) {
    problem = "the address " + member->address + " is the master's own; give the node another one";
    return std::nullopt;
  }
  if (found == entries_.end()) {
    if (entries_.size() < limits::members) return member;
    problem = "the cluster has " + std::to_string(limits::members) + " members, which is the most";
    return std::nullopt;
  }
  // Two processes with one address would throw each other out for ever. One that has died is silent soon. Of
  // Go nodes it cannot be told.
  const Member& there = *found->second.member;
  const Duration hold = options_.heartbeat_interval * limits::heartbeat_intervals_that_hold_an_address;
  if (there.incarnation != 0 && there.incarnation != member->incarnation &&
      found->second.silent_for <= hold) {
    problem = "another process at " + member->address +
              " was heard just now; give the node an address of its own, or wait for that one to be gone";
    return std::nullopt;
  }
  return member;
}

/// A process that comes again, as after a lost answer, keeps its gate number and its news, and is no news.
Master::Replaced Master::put(Member member, News::Knows knows) {
  const std::string address = member.address;
  sought_.erase(address);
  Entry& entry = entries_[address];
  const std::shared_ptr<const Member> old = entry.member;
  const bool same_process = old && old->incarnation == member.incarnation && old->incarnation != 0;
  member.gate_number = gate_number_for(member, same_process ? old->gate_number : 0);
  entry.silent_for = {};
  if (same_process && *old == member) return {};
  entry.member = std::make_shared<const Member>(std::move(member));
  changes_.add(address, old != nullptr, entry.member);
  if (!same_process) {
    entry.unreachable_for = {};
    entry.news.reset();
    if (address != self_address_) {
      entry.news = std::make_unique<News>(scheduler_, network_.connect(address), changes_, address, knows);
      const bool has_list = knows == News::Knows::all_so_far;
      if (has_list && entry.member->link_version == 0) entry.news->wait(limits::go_answer_time);
    }
  }
  scheduler_.log().limited(address).info(
      "cluster member registered",
      {{"address", address}, {"label", entry.member->label}, {"gate_number", entry.member->gate_number}});
  return {old, entry.member};
}

void Master::remove(Entries::iterator entry) {
  const std::shared_ptr<const Member> member = entry->second.member;
  entries_.erase(entry);
  changes_.add(member->address, true, nullptr);
  tell({member, nullptr});
}

void Master::miss(Entries::iterator entry, std::string_view why) {
  scheduler_.log()
      .limited(entry->first)
      .warning("cluster member gone", {{"address", entry->first}, {"reason", why}});
  remove(entry);
}

/// Takes off the list who cannot be heard or called.
void Master::give_up(Entries::iterator entry, std::string_view why) {
  const std::string address = entry->first;
  Entry given_up{.member = entry->second.member, .news = std::move(entry->second.news)};
  const bool register_again = given_up.member->link_version > 0;
  miss(entry, why);
  if (!register_again) sought_.insert_or_assign(address, std::move(given_up));
}

/// A member says that it knows this one.
void Master::seek(const clusterpb::MemberInfo& info) {
  std::string problem;
  const auto member = to_member(info, problem);
  if (!member || member->link_version != 0 || entries_.contains(member->address)) return;
  if (entries_.size() + sought_.size() >= limits::members) return;
  Entry& entry = sought_[member->address];
  if (entry.news) return;
  entry.member = std::make_shared<const Member>(*member);
  entry.news = std::make_unique<News>(scheduler_, network_.connect(member->address), changes_,
                                      member->address, News::Knows::some);
  entry.news->probe();
}

void Master::seek_on(Duration passed) {
  for (auto next = sought_.begin(); next != sought_.end();) {
    const auto current = next++;
    Entry& entry = current->second;
    entry.silent_for += passed;
    if (entry.news->reached()) {
      take_back(current);
    } else if (entry.silent_for > limits::go_member_sought) {
      sought_.erase(current);
    } else {
      entry.news->probe();
    }
  }
}

void Master::take_back(Entries::iterator found) {
  auto node = sought_.extract(found);
  const std::shared_ptr<const Member> member = node.mapped().member;
  entries_.insert(std::move(node));
  changes_.add(member->address, false, member);
  scheduler_.log()
      .limited(member->address)
      .info("cluster member found again", {{"address", member->address}});
  tell({nullptr, member});
}

void Master::tell(const Replaced& change) {
  if (!change.old && !change.now) return;
  for (auto& [address, entry] : entries_) {
    if (entry.news) entry.news->send();
  }
  if (!listener_) return;
  if (change.old) listener_(*change.old, false);
  if (change.now) listener_(*change.now, true);
}

/// The number that the member brings, else the one that it has; a new one for other nodes of ours.
std::uint32_t Master::gate_number_for(const Member& member, std::uint32_t kept) {
  const auto is_free = [&](std::uint32_t number) {
    return number >= 1 && number <= limits::gate_number_max &&
           std::none_of(entries_.begin(), entries_.end(), [&](const auto& other) {
             return other.second.member && other.second.member->gate_number == number &&
                    other.first != member.address;
           });
  };
  if (is_free(member.gate_number)) return member.gate_number;
  if (kept != 0) return kept;
  if (member.link_version == 0) return 0;  // Go nodes number themselves
  do {
    last_gate_number_ = last_gate_number_ % limits::gate_number_max + 1;
  } while (!is_free(last_gate_number_));
  return last_gate_number_;
}

void Master::expire() {
  const TimePoint now = scheduler_.listened();
  const Duration passed = now - std::exchange(last_expiry_, now);
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto current = next++;
    Entry& entry = current->second;
    if (!entry.news) continue;
    if (entry.member->link_version == 0) entry.news->probe();
    entry.silent_for += passed;
    entry.unreachable_for = entry.news->unreachable() ? entry.unreachable_for + passed : Duration{0};
    const std::string_view reason = reason_to_expire(entry);
    if (!reason.empty()) give_up(current, reason);
  }
  seek_on(passed);
  bound_changes();
}

std::string_view Master::reason_to_expire(const Entry& entry) const {
  const bool ours = entry.member->link_version > 0;
  if (ours && entry.silent_for > options_.expiry) return "no heartbeat";
  // Nodes of ours are heard, and called only when there is news for them.
  const Duration patience = ours ? limits::unreachable_member_kept : options_.expiry;
  if (entry.unreachable_for > patience) return "the master cannot reach it at its address";
  return {};
}

void Master::bound_changes() {
  std::uint64_t told_to_all = changes_.revision();
  Entries* list = nullptr;  // of the slowest
  Entries::iterator slowest;
  for (Entries* each : {&entries_, &sought_}) {
    for (auto entry = each->begin(); entry != each->end(); ++entry) {
      if (!entry->second.news || entry->second.news->told() >= told_to_all) continue;
      told_to_all = entry->second.news->told();
      slowest = entry;
      list = each;
    }
  }
  changes_.forget_departures(told_to_all);
  if (!list || changes_.size() <= limits::changes_kept) return;
  if (list == &sought_) {
    sought_.erase(slowest);
  } else {
    miss(slowest, "it takes the news too slowly");
  }
}

}  // namespace nano::cluster
