// Internal header. LocalRegistry: the registry of the node that is the master itself.
#pragma once

#include <utility>

#include "cluster/registry/master.h"
#include "cluster/registry/registry.h"

namespace nano::cluster {

/// Logic thread only.
class LocalRegistry final : public Registry {
 public:
  LocalRegistry(Scheduler& scheduler, Network& network, MasterOptions options)
      : master_(scheduler, network, options) {}

  void join(Member self, RegistryEvents& events) override {
    const Member added = master_.add_self(std::move(self), [&events](const Member& member, bool present) {
      events.on_member(member, present);
    });
    events.on_joined(added.gate_number);
  }
  /// The others keep what they know until the next master comes.
  void leave(Function<void()> done) override { done(); }
  bool on_call(std::string_view method, std::string_view request, CallReply& reply) override {
    return master_.on_call(method, request, reply);
  }

 private:
  Master master_;
};

}  // namespace nano::cluster
