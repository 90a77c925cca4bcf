// Internal header. Changes: who came and went, once for all who have to be told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "cluster/registry/member.h"

namespace nano::cluster {

/// The last change of each address, by a revision that grows. Who is told of them keeps the revision that it
/// has come to, and nothing else: so what waits for all members together is bounded by the number of members.
/// Logic thread only.
class Changes {
 public:
  struct Change {
    std::string address;
    std::shared_ptr<const Member> came;  // null: it went
    bool replaces;                       // another was there, which goes first; it has the revision before
  };
  using Place = std::map<std::uint64_t, Change>::const_iterator;

  /// Which master's they are: its incarnation.
  void set_master(std::uint64_t incarnation) { master_ = incarnation; }
  std::uint64_t master() const { return master_; }

  /// `came`: null for one that went.
  void add(const std::string& address, bool replaces, std::shared_ptr<const Member> came);
  /// All are told of those who went up to `revision`.
  void forget_departures(std::uint64_t revision);

  /// Of the last change.
  std::uint64_t revision() const { return revision_; }
  Place after(std::uint64_t revision) const { return by_revision_.upper_bound(revision); }
  Place end() const { return by_revision_.end(); }
  std::size_t size() const { return by_revision_.size(); }

 private:
  std::uint64_t master_ = 0;
  std::uint64_t revision_ = 0;
  std::map<std::uint64_t, Change> by_revision_;
  std::map<std::string, std::uint64_t> last_;  // from address to revision
};

}  // namespace nano::cluster
