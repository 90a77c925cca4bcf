// Internal header. Master: the built-in registry; knows all members and tells each of the others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/network/limits.h"
#include "cluster/network/network.h"
#include "cluster/registry/changes.h"
#include "cluster/registry/member.h"
#include "cluster/registry/messages.h"
#include "cluster/registry/news.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

struct MasterOptions {
  Duration heartbeat_interval = limits::heartbeat_interval;
  Duration expiry = limits::member_expiry;
};

/// The service clusterpb.Master of one node. What it knows is lost with the process: members register anew
/// with the next one, and keep their gate numbers.
///
/// Nodes of Go Nano register once in their life, and most send no heartbeats. So they are called to hear
/// whether they live, sought for a while when they cannot be reached, and members tell a new master of them.
/// Logic thread only.
class Master {
 public:
  /// A member that came (`present`) or went, told in the order of the changes.
  using Listener = std::function<void(const Member& member, bool present)>;

  /// The scheduler and the network must outlive this.
  Master(Scheduler& scheduler, Network& network, MasterOptions options);

  /// Once, before any call: the node that this master runs on; it is a member like the others, told through
  /// the listener, and never expires. Its incarnation must be random: members know the master by it, and gate
  /// numbers begin with it. Returns it with its gate number.
  Member add_self(Member self, Listener listener);

  /// Whether `method` is one of clusterpb.Master; if so, `reply` is called.
  bool on_call(std::string_view method, std::string_view request, CallReply& reply);

  /// By address.
  std::vector<Member> members() const;

 private:
  struct Entry {
    std::shared_ptr<const Member> member;
    std::unique_ptr<News> news;  // null for the node itself
    // On Scheduler::listened(), in steps of expire().
    Duration silent_for{0};
    Duration unreachable_for{0};
  };
  using Entries = std::map<std::string, Entry>;
  struct Replaced {
    std::shared_ptr<const Member> old, now;  // null: there was, is none; both: nothing changed
  };

  void on_register(std::string_view request, CallReply& reply);
  void on_unregister(std::string_view request, CallReply& reply);
  void on_heartbeat(std::string_view request, CallReply& reply);
  std::optional<Member> acceptable(const clusterpb::MemberInfo& info, std::string& problem) const;
  Replaced put(Member member, News::Knows knows);
  void remove(Entries::iterator entry);
  void miss(Entries::iterator entry, std::string_view why);
  void give_up(Entries::iterator entry, std::string_view why);
  void seek(const clusterpb::MemberInfo& info);
  void seek_on(Duration passed);
  void take_back(Entries::iterator found);
  void tell(const Replaced& change);
  std::uint32_t gate_number_for(const Member& member, std::uint32_t kept);
  void expire();
  std::string_view reason_to_expire(const Entry& entry) const;
  void bound_changes();

  Scheduler& scheduler_;
  Network& network_;
  const MasterOptions options_;
  Changes changes_;
  Entries entries_;  // by address
  Entries sought_;   // nodes of Go Nano that may be alive; none of them is in entries_
  Listener listener_;
  std::string self_address_;
  std::uint32_t last_gate_number_ = 0;
  TimePoint last_expiry_;
  Timer expiry_timer_;
};

}  // namespace nano::cluster
