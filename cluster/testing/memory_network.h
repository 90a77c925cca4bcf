// Internal header. MemoryNetwork: nodes that reach each other in memory and in virtual time, with faults.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster::testing {

class MemoryNode;
struct MemoryPipe;

/// One for all nodes of a test. What is under way takes a time drawn from the seed: messages of one stream
/// stay in order, calls and answers overtake each other and the streams. A node whose Network is destroyed
/// has crashed: its streams break. One thread.
class MemoryNetwork {
 public:
  explicit MemoryNetwork(std::uint64_t seed) : random_(seed) {}

  /// A node's access. The scheduler must outlive it; all schedulers share one clock.
  std::unique_ptr<Network> join(Scheduler& scheduler, std::string name);

  void set_delay(Duration min, Duration max) { delay_min_ = min, delay_max_ = max; }
  /// What is under way or sent between the two from now on is lost without a word, both ways. A stream that
  /// lost something, and one that the cut lasts too long for, breaks after two seconds, as keepalives find
  /// out.
  void cut(const std::string& one, const std::string& other);
  void heal(const std::string& one, const std::string& other) { cuts_.erase(pair_of(one, other)); }
  void heal_all() { cuts_.clear(); }
  /// All streams between the two break, and both ends are told in a later turn.
  void reset_streams(const std::string& one, const std::string& other);
  /// What arrives for the node waits until it is thawed, as for a stopped process. Its timers go on, unless
  /// the test keeps its scheduler from running.
  void freeze(const std::string& name) { frozen_[name].thawing = false; }
  /// In a later turn, in the order of arrival.
  void thaw(const std::string& name);
  /// Called with each message that a stream of node `from` takes.
  using Watch = std::function<void(const std::string& from, const std::string& to, std::string_view message)>;
  void watch_streams(Watch watch) { watch_ = std::move(watch); }

 private:
  friend class MemoryNode;
  friend class MemoryChannel;
  friend class MemoryStream;

  using Pair = std::pair<std::string, std::string>;
  struct Frozen {
    bool thawing = false;
    std::vector<Function<void()>> arrived;
  };

  static Pair pair_of(const std::string& one, const std::string& other) {
    return one < other ? Pair{one, other} : Pair{other, one};
  }
  bool is_cut(const std::string& one, const std::string& other) const {
    return cuts_.contains(pair_of(one, other));
  }
  MemoryNode* node_at(const std::string& address) const;
  MemoryNode* node_named(const std::string& name) const;
  Duration draw_delay();
  /// Runs `arrive` at node `to`, if it is still there, unless the way is cut; then, if there is one, `lost`.
  /// Not before `last`, if given.
  void carry(const std::string& from, const std::string& to, TimePoint* last,
             Function<void(MemoryNode&)> arrive, Function<void()> lost);
  void hand_over(const std::string& name, Function<void()> arrived);

  std::shared_ptr<MemoryPipe> make_pipe(const std::string& from, const std::string& to);
  std::vector<std::shared_ptr<MemoryPipe>> pipes_of(const std::string& name) const;
  std::vector<std::shared_ptr<MemoryPipe>> pipes_between(const std::string& one,
                                                         const std::string& other) const;
  void lose_message(const std::shared_ptr<MemoryPipe>& pipe);
  void find_out_later(const std::shared_ptr<MemoryPipe>& pipe);
  void break_pipe(const std::shared_ptr<MemoryPipe>& pipe, const NetworkError& why, Duration told_after);

  std::mt19937_64 random_;
  Duration delay_min_ = std::chrono::microseconds{100};
  Duration delay_max_ = std::chrono::microseconds{900};
  std::map<std::string, MemoryNode*> nodes_;      // by name
  std::map<std::string, MemoryNode*> listeners_;  // by address
  std::vector<std::weak_ptr<MemoryPipe>> pipes_;
  std::map<std::string, Frozen> frozen_;  // by name
  std::set<Pair> cuts_;
  Watch watch_;
};

}  // namespace nano::cluster::testing
