// Internal header. MemoryNetwork: nodes that reach each other in memory and in virtual time, with faults.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster::testing {

class MemoryNode;

/// One for all nodes of a test. What is under way takes a time drawn from the seed, in order for each pair of
/// nodes. One thread.
class MemoryNetwork {
 public:
  explicit MemoryNetwork(std::uint64_t seed) : random_(seed) {}

  /// A node's access. The scheduler must outlive it; all schedulers share one clock.
  std::unique_ptr<Network> join(Scheduler& scheduler, std::string name);

  void set_delay(Duration min, Duration max) { delay_min_ = min, delay_max_ = max; }
  /// What is sent between the two from now on is lost without a word, both ways.
  void cut(const std::string& one, const std::string& other) { cuts_.insert(pair_of(one, other)); }
  void heal(const std::string& one, const std::string& other) { cuts_.erase(pair_of(one, other)); }
  void heal_all() { cuts_.clear(); }

 private:
  friend class MemoryNode;
  friend class MemoryChannel;
  friend class MemoryStream;

  static std::pair<std::string, std::string> pair_of(const std::string& one, const std::string& other) {
    return one < other ? std::pair{one, other} : std::pair{other, one};
  }
  bool is_cut(const std::string& one, const std::string& other) const {
    return cuts_.contains(pair_of(one, other));
  }
  MemoryNode* node_at(const std::string& address) const;
  MemoryNode* node_named(const std::string& name) const;
  /// Runs `arrive` at node `to`, if it is still there, unless the way is cut now.
  void carry(const std::string& from, const std::string& to, Function<void(MemoryNode&)> arrive);

  std::mt19937_64 random_;
  Duration delay_min_ = std::chrono::microseconds{100};
  Duration delay_max_ = std::chrono::microseconds{900};
  std::map<std::string, MemoryNode*> nodes_;      // by name
  std::map<std::string, MemoryNode*> listeners_;  // by address
  std::map<std::pair<std::string, std::string>, TimePoint> last_arrival_;
  std::set<std::pair<std::string, std::string>> cuts_;
};

}  // namespace nano::cluster::testing
