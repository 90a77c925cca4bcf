// Internal header. Master: the built-in registry; knows all members and tells each of the others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/network/network.h"
#include "cluster/registry/member.h"
#include "cluster/registry/news.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

struct MasterOptions {
  Duration heartbeat_interval = std::chrono::seconds{1};
  /// A member that was heard of before and is silent for this long is gone. Several heartbeats, so that one
  /// that is lost, or a pause of the process, costs nothing.
  Duration expiry = std::chrono::seconds{5};
};

/// The service clusterpb.Master of one node. What it knows is lost with the process: members register anew
/// with the next one, and keep their gate numbers. Logic thread only.
class Master {
 public:
  /// A member that came (`present`) or went, told in the order of the changes.
  using Listener = std::function<void(const Member& member, bool present)>;

  /// The scheduler and the network must outlive this.
  Master(Scheduler& scheduler, Network& network, MasterOptions options);

  /// The node that this master runs on; it is a member like the others, told through the listener, and never
  /// expires. Returns it with its gate number.
  Member add_self(Member self, Listener listener);

  /// Whether `method` is one of clusterpb.Master; if so, `reply` is called.
  bool on_call(std::string_view method, std::string_view request, CallReply& reply);

  /// By address.
  std::vector<Member> members() const;

 private:
  struct Entry {
    Member member;
    std::unique_ptr<News> news;  // null for the node itself
    TimePoint last_heard;
    bool sends_heartbeats = false;
  };

  CallOutcome on_register(std::string_view request);
  CallOutcome on_unregister(std::string_view request);
  CallOutcome on_heartbeat(std::string_view request);
  Member& put(Member member);
  void remove(std::map<std::string, Entry>::iterator entry, std::string_view why);
  void tell_others(const std::string& about, const Member* old, const Member* now);
  std::uint32_t gate_number_for(const Member& member);
  void expire();

  Scheduler& scheduler_;
  Network& network_;
  const MasterOptions options_;
  std::map<std::string, Entry> entries_;  // by address
  Listener listener_;
  std::string self_address_;
  std::uint32_t last_gate_number_;
  Timer expiry_timer_;
};

}  // namespace nano::cluster
