// Internal header. Membership: this node as a member of the cluster, and who the others are.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/network/network.h"
#include "cluster/node/node_options.h"
#include "cluster/registry/registry.h"
#include "nano/base/function.h"
#include "nano/base/subscription.h"
#include "nano/session/session_host.h"

namespace nano::cluster {

/// What membership makes the node do. Logic thread only.
class MembershipEvents {
 public:
  virtual ~MembershipEvents() = default;
  /// Another member has come or gone, which the application hears of afterwards.
  virtual void on_member(const Member& member, bool present) = 0;
  /// The others had taken this node for gone.
  virtual void on_missed() = 0;
  /// Whether the member at this address itself is heard from.
  virtual bool hears(const std::string& address) const = 0;
};

/// Logic thread only.
class Membership final : private RegistryEvents {
 public:
  /// All must outlive it.
  Membership(SessionHost& host, Network& network, const NodeOptions& options, std::mt19937_64& random,
             MembershipEvents& events);

  /// This node as the others know it, or will.
  const Member& self() const { return self_; }
  /// Called when another member has come (`present`) or gone.
  Subscription on_member_callback(Function<void(const Member&, bool)> callback) {
    return callbacks_.add(std::move(callback));
  }

  /// Once. Listens; `joined` is called, in a later turn, when the others know this node. Throws
  /// std::runtime_error or std::invalid_argument with a sentence when the node cannot serve.
  void join(std::vector<std::string> services, Service& service, Function<void()> joined);
  /// `left` is called when the others know, or that took too long, and what they sent before has come.
  void leave(Function<void()> left);
  /// See Registry.
  bool on_call(std::string_view method, std::string_view request, CallReply& reply) {
    return registry_ && registry_->on_call(method, request, reply);
  }

 private:
  // RegistryEvents
  void on_joined(std::uint32_t gate_number) override;
  void on_missed() override { events_.on_missed(); }
  void on_member(const Member& member, bool present) override;
  bool is_alive(const Member& member) const override { return events_.hears(member.address); }

  void listen(Service& service);

  SessionHost& host_;
  Network& network_;
  const NodeOptions& options_;
  MembershipEvents& events_;
  Member self_;
  std::unique_ptr<Registry> registry_;  // from join() on
  Function<void()> joined_;
  Function<void()> left_;
  Timer leave_timer_;
  Callbacks<const Member&, bool> callbacks_;
};

}  // namespace nano::cluster
