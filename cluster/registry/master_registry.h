// Internal header. MasterRegistry: the registry that is a master on another node, ours or Go Nano's.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "cluster/registry/acquaintances.h"
#include "cluster/registry/known_members.h"
#include "cluster/registry/messages.h"
#include "cluster/registry/registry.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Registers, sends heartbeats, and hears the master's news. While the master cannot be reached, the members
/// stay as they were: links between them need no master.
///
/// A master that has started anew does not know the others yet. So members that its list lacks are kept until
/// they have had the time to register with it as well, and as long as this node has a link with them. Members
/// of Go Nano register but once: this node tells the master of those that it knows.
///
/// Calls may overtake each other. News that is older than the answer to the registration, or of another
/// master than the one registered with, is told by its revision; Go Nano's masters have none, and send one
/// after the other.
///
/// A master of Go Nano may not tell of all who register at the same time: see Acquaintances. A node that
/// knows nobody of ours asks that master anew, once, by going and coming again.
class MasterRegistry final : public Registry {
 public:
  /// The scheduler and the network must outlive this. `register_interval`: between attempts.
  MasterRegistry(Scheduler& scheduler, Network& network, const std::string& master_address,
                 Duration register_interval);

  void join(Member self, RegistryEvents& events) override;
  void leave(Function<void()> done) override;
  bool on_call(std::string_view method, std::string_view request, CallReply& reply) override;

 private:
  struct Item {
    std::string address;
    std::optional<Member> came;  // nothing: it went
    std::uint64_t master;
    std::uint64_t revision;
  };

  void try_to_register();
  void on_register_done(const CallOutcome& outcome);
  void on_registered(const clusterpb::RegisterResponse& response);
  void on_refused(const std::string& why);
  void unregister_stale();
  void look_around();
  void on_gone_to_come_again(const CallOutcome& outcome);
  Duration spread(Duration most) const;
  void send_heartbeat();
  void on_heartbeat_done(const CallOutcome& outcome);
  void hear(Item item, CallReply& reply);
  void apply(Item item);
  void say_goodbye();
  void unregister(void (MasterRegistry::*done)(const CallOutcome&), Duration timeout);
  void on_unregistered(const CallOutcome& outcome);
  void on_stale_unregistered(const CallOutcome& outcome);
  template <class Request>
  void call(std::string_view method, const Request& request, void (MasterRegistry::*done)(const CallOutcome&),
            Duration timeout);

  Scheduler& scheduler_;
  const std::string master_address_;
  const Duration register_interval_;
  std::unique_ptr<Channel> master_;
  RegistryEvents* events_ = nullptr;
  Member self_;
  KnownMembers members_;
  Acquaintances acquaintances_;
  std::deque<Item> early_;             // news that came while a registration was open
  bool registering_ = false;           // a call is open
  bool unregistering_ = false;         // a call for a stale registration is open
  TimePoint next_stale_unregister_{};  // not earlier
  bool registered_ = false;
  bool leaving_ = false;
  bool forgotten_ = false;   // by the master, as it said
  bool came_again_ = false;  // to be told of all by a master of Go Nano
  std::uint64_t master_incarnation_ = 0;
  std::uint64_t revision_ = 0;  // of the newest that is known of that master
  Duration heartbeat_interval_;
  Function<void()> left_;
  Timer next_;  // attempt or heartbeat, or the end of leaving
  Timer look_around_;
};

}  // namespace nano::cluster
