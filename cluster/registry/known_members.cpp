#include "cluster/registry/known_members.h"

#include <algorithm>
#include <utility>

#include "cluster/network/limits.h"

namespace nano::cluster {

void KnownMembers::start(std::string own_address, RegistryEvents& events) {
  own_address_ = std::move(own_address);
  events_ = &events;
}

void KnownMembers::stop() {
  events_ = nullptr;
  grace_.cancel();
}

void KnownMembers::put(Member member) {
  if (!events_ || member.address == own_address_) return;
  const auto found = known_.find(member.address);
  if (found == known_.end()) {
    if (known_.size() >= limits::members) return;
    known_.emplace(member.address, Known{member, std::nullopt});
    return events_->on_member(member, true);
  }
  Known& known = found->second;
  known.missing_since.reset();
  if (known.member == member) return;
  const Member old = std::exchange(known.member, member);
  events_->on_member(old, false);
  if (events_) events_->on_member(member, true);
}

void KnownMembers::remove(const std::string& address) {
  const auto found = known_.find(address);
  if (!events_ || found == known_.end()) return;
  const Member member = std::move(found->second.member);
  known_.erase(found);
  events_->on_member(member, false);
}

void KnownMembers::miss_others(const std::set<std::string>& listed, Duration grace) {
  for (auto& [address, known] : known_) {
    if (!listed.contains(address) && !known.missing_since) known.missing_since = scheduler_.listened();
  }
  drop_missing(grace);
}

void KnownMembers::miss_nobody() {
  for (auto& [address, known] : known_) known.missing_since.reset();
}

const Member* KnownMembers::find(const std::string& address) const {
  const auto found = known_.find(address);
  return found == known_.end() ? nullptr : &found->second.member;
}

std::vector<Member> KnownMembers::all() const {
  std::vector<Member> members;
  for (const auto& [address, known] : known_) members.push_back(known.member);
  return members;
}

std::vector<Member> KnownMembers::of_go() const {
  std::vector<Member> members;
  for (const auto& [address, known] : known_) {
    if (known.member.link_version == 0) members.push_back(known.member);
  }
  return members;
}

void KnownMembers::drop_missing(Duration grace) {
  grace_.cancel();
  if (!events_) return;
  std::vector<std::string> gone;
  std::optional<TimePoint> next;
  for (auto& [address, known] : known_) {
    if (!known.missing_since) continue;
    const bool is_over = *known.missing_since + grace <= scheduler_.listened();
    if (is_over && !events_->is_alive(known.member)) {
      gone.push_back(address);
      continue;
    }
    if (is_over) known.missing_since = scheduler_.listened();
    const TimePoint end = *known.missing_since + grace;
    next = std::min(next.value_or(end), end);
  }
  if (next)
    grace_ =
        scheduler_.after_listening(*next - scheduler_.listened(), [this, grace] { drop_missing(grace); });
  for (const std::string& address : gone) remove(address);
}

}  // namespace nano::cluster
