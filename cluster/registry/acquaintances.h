// Internal header. Acquaintances: how nodes of ours find each other where a master does not tell of all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cluster/network/network.h"
#include "cluster/registry/known_members.h"
#include "cluster/registry/messages.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// A master of Go Nano does not guard its list: of members that register at the same instant, none may hear
/// of the others, for ever. So nodes of ours tell each other whom they know, and ask whom they hear of in
/// this way themselves, before they believe in them. A node of Go Nano that had not heard of this one is told
/// of it. Logic thread only.
class Acquaintances {
 public:
  /// All must outlive this.
  Acquaintances(Scheduler& scheduler, Network& network, KnownMembers& members)
      : scheduler_(scheduler), network_(network), members_(members) {}

  /// Before all others.
  void start(Member self) { self_ = std::move(self); }
  /// Asks all members of ours that are known whom they know. Whether there was any.
  bool meet_all();
  /// Answers a node that asks the same.
  CallOutcome on_meet(std::string_view request);
  /// The master says that this member is gone: what it said before, and comes only now, is not believed.
  void note_gone(const Member& member);
  /// Whom this node has called is not listened to any more.
  void stop();

 private:
  struct Gone {
    std::uint64_t incarnation;  // another process at the address is another member
    TimePoint believed_until;   // on Scheduler::listened()
  };

  bool is_gone(const Member& member) const;
  void meet(const std::string& address);
  void hear_of(const clusterpb::Acquaintance& other);
  void introduce_to(const Member& go_node);
  void tell_go_node(const Member& go_node);
  bool begin_call(const std::string& address);
  void end_call(const std::string& address);
  std::string whom_we_know() const;

  Scheduler& scheduler_;
  Network& network_;
  KnownMembers& members_;
  Member self_;
  bool stopped_ = false;
  std::map<std::string, std::unique_ptr<Channel>> calls_;  // that are open, by address
  std::map<std::string, Gone> gone_;                       // by address
};

}  // namespace nano::cluster
