// Internal header. EtcdRegistry: the registry that is etcd, through its v3 API.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/registry/etcd_client.h"
#include "cluster/registry/etcd_registration.h"
#include "cluster/registry/etcd_watch.h"
#include "cluster/registry/known_members.h"
#include "cluster/registry/registry.h"

namespace nano::cluster {

/// Each node writes its own entry and watches those of the others. While etcd cannot be reached, the members
/// stay as they were: links between them need no registry.
///
/// The list is taken anew when the watch broke. Members that it lacks may have gone, or etcd has lost its
/// data and they will register again: they are kept for the time of a lease, and as long as this node has a
/// link with them. A change that etcd tells is
/// final.
class EtcdRegistry final : public Registry, private EtcdWatchEvents {
 public:
  /// The scheduler and the network must outlive this. The network's TLS is for etcd's servers, so it is
  /// seldom the one that links the nodes. Throws std::invalid_argument with a sentence for options that are
  /// none.
  EtcdRegistry(Scheduler& scheduler, Network& network, EtcdOptions options);

  /// The gate number is drawn from etcd, whatever `self` has. Members are told after on_joined.
  void join(Member self, RegistryEvents& events) override;
  /// No more members are told from then on.
  void leave(Function<void()> done) override;
  /// Nobody calls this registry.
  bool on_call(std::string_view, std::string_view, CallReply&) override { return false; }

 private:
  void on_registered(std::uint32_t gate_number);
  void on_list(const etcd::RangeResponse& list) override;
  void on_change(const etcd::KeyValue& entry, bool present) override;
  std::string address_of(const etcd::KeyValue& entry) const;
  std::optional<Member> member_of(const etcd::KeyValue& entry) const;

  Scheduler& scheduler_;
  EtcdClient client_;
  const std::string members_prefix_;
  EtcdRegistration registration_;
  EtcdWatch watch_;
  RegistryEvents* events_ = nullptr;
  Member self_;
  bool joined_ = false;
  KnownMembers members_;
};

}  // namespace nano::cluster
