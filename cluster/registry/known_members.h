// Internal header. KnownMembers: the other members, as a node that asks a registry knows them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cluster/registry/registry.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Tells the node of those who come and go. A registry that has started anew, or lost its data, does not know
/// all who will register with it again: members that its list lacks are kept for a while, and those that the
/// node has a living link with for as long as that lives. Logic thread only.
class KnownMembers {
 public:
  /// The scheduler must outlive this.
  explicit KnownMembers(Scheduler& scheduler) : scheduler_(scheduler) {}

  /// Before all others. `events` must outlive this; it may call stop().
  void start(std::string own_address, RegistryEvents& events);
  /// Nothing is told from now on.
  void stop();

  /// It is on the registry's list. One that is known as it is, is no news; nor is the node itself.
  void put(Member member);
  /// It is gone.
  void remove(const std::string& address);
  /// Those that the registry's list lacks are dropped when they have been missing for `grace`, unless they
  /// are put again.
  void miss_others(const std::set<std::string>& listed, Duration grace);
  /// Another registry begins: who is missing was on nobody's list before.
  void miss_nobody();

  bool knows(const std::string& address) const { return known_.contains(address); }
  /// Null if it is not known. Valid until the next change.
  const Member* find(const std::string& address) const;
  std::vector<Member> all() const;
  /// Those of Go Nano.
  std::vector<Member> of_go() const;

 private:
  struct Known {
    Member member;
    std::optional<TimePoint> missing_since;
  };

  void drop_missing(Duration grace);

  Scheduler& scheduler_;
  RegistryEvents* events_ = nullptr;  // null: nothing is told
  std::string own_address_;
  std::map<std::string, Known> known_;  // by address
  Timer grace_;
};

}  // namespace nano::cluster
