#include "cluster/node/gate_probes.h"

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {

void GateProbes::probe(const std::string& address) {
  if (probes_.contains(address)) return;
  probes_[address].pause = limits::link_retry_least;
  ask(address);
}

void GateProbes::ask(const std::string& address) {
  Probe& probe = probes_.at(address);
  probe.channel = network_.connect(address);
  probe.channel->call(method::probe, "", limits::link_connect_timeout,
                      [this, address](const CallOutcome& outcome) { on_answer(address, outcome); });
}

/// A process that is being killed may still accept connections, which it then resets: so it is asked again.
void GateProbes::on_answer(const std::string& address, const CallOutcome& outcome) {
  Probe& probe = probes_.at(address);
  if (outcome.ok() || acceptor_.connected(address)) return finish(probe);
  const NetworkErrc failure = outcome.error().code;
  if (failure == NetworkErrc::nobody_listens) acceptor_.end(address, "its process has ended");
  if (failure != NetworkErrc::unreachable || probe.pause > limits::link_retry_most) return finish(probe);
  probe.next = scheduler_.after(probe.pause, [this, address] { ask(address); });
  probe.pause *= 2;
}

/// Its channel is the caller.
void GateProbes::finish(Probe& probe) {
  probe.done = true;
  sweep_timer_ = scheduler_.after(Duration::zero(), [this] {
    std::erase_if(probes_, [](const auto& entry) { return entry.second.done; });
  });
}

}  // namespace nano::cluster
