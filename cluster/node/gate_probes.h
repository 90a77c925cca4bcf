// Internal header. GateProbes: find out whether gates whose streams broke have ended.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cluster/link/link_acceptor.h"
#include "cluster/network/network.h"

namespace nano::cluster {

/// A gate that was killed does not come again, so its sessions need not wait for it: then its address refuses
/// connections. Logic thread only.
class GateProbes {
 public:
  /// All must outlive it.
  GateProbes(Scheduler& scheduler, Network& network, LinkAcceptor& acceptor)
      : scheduler_(scheduler), network_(network), acceptor_(acceptor) {}

  /// The gate's stream broke. Ends its conversation if the gate has ended.
  void probe(const std::string& address);

 private:
  struct Probe {
    std::unique_ptr<Channel> channel;
    Duration pause;
    bool done = false;
    Timer next;
  };

  void ask(const std::string& address);
  void on_answer(const std::string& address, const CallOutcome& outcome);
  void finish(Probe& probe);

  Scheduler& scheduler_;
  Network& network_;
  LinkAcceptor& acceptor_;
  std::map<std::string, Probe> probes_;  // by address
  Timer sweep_timer_;
};

}  // namespace nano::cluster
