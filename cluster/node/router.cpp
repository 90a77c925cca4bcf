#include "cluster/node/router.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/node/rendezvous.h"

namespace nano::cluster {
namespace {

/// All of one user's sessions meet at one member. The eight bytes are the same on every machine.
const Member* member_of_user(std::int64_t uid, const std::vector<const Member*>& members) {
  std::string key;
  for (int shift = 0; shift < 64; shift += 8) key += static_cast<char>(uid >> shift & 0xff);
  return rendezvous(key, members);
}

}  // namespace

void Router::set_routing(std::string service, Routing routing) {
  routings_.insert_or_assign(std::move(service), std::move(routing));
}

void Router::add(const Member& member) {
  members_.insert_or_assign(member.address, member);
  for (const std::string& service : member.services) {
    if (known_services_.size() < limits::known_services) known_services_.insert(service);
  }
}

std::vector<Router::Lost> Router::forget_choices(const std::string& address) {
  std::vector<Lost> lost;
  for (auto& [session, choices] : choices_) {
    std::erase_if(choices, [&](const auto& choice) {
      if (choice.second != address) return false;
      lost.push_back({session, choice.first});
      return true;
    });
  }
  std::erase_if(choices_, [](const auto& entry) { return entry.second.empty(); });
  return lost;
}

const Member* Router::find(const std::string& address) const {
  const auto found = members_.find(address);
  return found == members_.end() ? nullptr : &found->second;
}

const Member* Router::route(Session& session, std::string_view service) {
  const auto choices = choices_.find(session.id());
  if (choices != choices_.end()) {
    const auto chosen = choices->second.find(service);
    if (chosen != choices->second.end()) {
      if (const Member* member = find(chosen->second)) return member;
    }
  }
  const Member* member = choose(session, service);
  // A closed session's choices would never be forgotten. One that cannot be reached is no choice to keep.
  if (member && !session.closed() && usable_(*member)) {
    choices_[session.id()].insert_or_assign(std::string{service}, member->address);
  }
  return member;
}

const Member* Router::choose(Session& session, std::string_view service) {
  const std::vector<const Member*> members = candidates(service);
  if (members.empty()) return nullptr;
  const auto routing = routings_.find(service);
  if (routing == routings_.end()) return pick(members);
  switch (routing->second.way) {
    case Routing::Way::random: return pick(members);
    case Routing::Way::uid_hash:
      return session.uid() > 0 ? member_of_user(session.uid(), members) : pick(members);
    case Routing::Way::function: return ask(routing->second.function, session, service, members);
  }
  return nullptr;
}

/// The application's function is not trusted to keep its promises.
const Member* Router::ask(const RoutingFunction& function, Session& session, std::string_view service,
                          const std::vector<const Member*>& members) {
  const LimitedLog log = session.host().log_for(&session, service);
  const Member* member = nullptr;
  try {
    member = function(session, service, members);
  } catch (const std::exception& failure) {
    log.error("routing function failed", {{"service", service}, {"error", failure.what()}});
    return nullptr;
  } catch (...) {
    log.error("routing function failed", {{"service", service}});
    return nullptr;
  }
  if (!member || std::find(members.begin(), members.end(), member) != members.end()) return member;
  log.error("routing function chose a member that was no candidate", {{"service", service}});
  return nullptr;
}

const Member* Router::any(std::string_view service) {
  const std::vector<const Member*> members = candidates(service);
  return members.empty() ? nullptr : pick(members);
}

std::vector<const Member*> Router::candidates(std::string_view service) const {
  std::vector<const Member*> offering;
  std::vector<const Member*> usable;
  for (const auto& [address, member] : members_) {
    if (!member.offers(service)) continue;
    offering.push_back(&member);
    if (usable_(member)) usable.push_back(&member);
  }
  return usable.empty() ? offering : usable;
}

const Member* Router::pick(const std::vector<const Member*>& members) {
  return members[random_() % members.size()];
}

}  // namespace nano::cluster
