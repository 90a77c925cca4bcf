// Internal header. Registry: who is in the cluster, as one node learns it.
#pragma once

#include <cstdint>
#include <string_view>

#include "cluster/network/network.h"
#include "cluster/registry/member.h"
#include "nano/base/function.h"

namespace nano::cluster {

/// What a registry tells its node. Logic thread only.
class RegistryEvents {
 public:
  virtual ~RegistryEvents() = default;
  /// The cluster knows this node, which has this gate number from now on. Told again when the number changes.
  virtual void on_joined(std::uint32_t gate_number) = 0;
  /// The master had taken this node off its list, and told the others so, and has it again now.
  virtual void on_missed() {}
  /// Another member came (`present`) or went. One that was replaced by another process at its address goes
  /// and comes.
  virtual void on_member(const Member& member, bool present) = 0;
  /// Whether the node hears from the member itself: such a one is not given up because the registry has
  /// forgotten it.
  virtual bool is_alive(const Member&) const { return false; }
};

/// The node's way to the list of members, and on to it. Logic thread only.
class Registry {
 public:
  virtual ~Registry() = default;
  /// Once. Goes on trying, and joins again when the registry has lost the node. `events` must outlive this.
  virtual void join(Member self, RegistryEvents& events) = 0;
  /// Takes the node off the list; `done` is called when that is known, or given up after a few seconds.
  virtual void leave(Function<void()> done) = 0;
  /// A call of another node that is for the registry. Whether it was; then `reply` was called.
  virtual bool on_call(std::string_view method, std::string_view request, CallReply& reply) = 0;
};

}  // namespace nano::cluster
