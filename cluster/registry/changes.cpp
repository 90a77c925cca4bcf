#include "cluster/registry/changes.h"

#include <utility>

namespace nano::cluster {

void Changes::add(const std::string& address, bool replaces, std::shared_ptr<const Member> came) {
  revision_ += 2;
  const auto [last, is_first] = last_.try_emplace(address, revision_);
  if (!is_first) by_revision_.erase(std::exchange(last->second, revision_));
  // Some may have been told of the change that this one takes the place of, others not: it is all the same.
  by_revision_.emplace(revision_, Change{address, std::move(came), replaces || !is_first});
}

void Changes::forget_departures(std::uint64_t revision) {
  const auto end = by_revision_.upper_bound(revision);
  for (auto place = by_revision_.begin(); place != end;) {
    const auto current = place++;
    if (current->second.came) continue;
    last_.erase(current->second.address);
    by_revision_.erase(current);
  }
}

}  // namespace nano::cluster
