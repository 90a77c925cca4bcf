// Internal header. Backends: the other members of the cluster, as those that serve this node's sessions.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cluster/session/backend.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Logic thread only.
class Backends {
 public:
  using ByAddress = std::map<std::string, std::unique_ptr<Backend>>;

  /// Who has left may still answer what it was asked, for `answers_awaited` at most. The scheduler must
  /// outlive this.
  Backends(Scheduler& scheduler, Duration answers_awaited)
      : scheduler_(scheduler), answers_awaited_(answers_awaited) {}

  /// Those that have not left.
  const ByAddress& present() const { return present_; }
  /// Null if it has left, or never came.
  Backend* find(const std::string& address) const;

  /// In the place of one that was at the same address.
  void add(const std::string& address, std::unique_ptr<Backend> backend);
  /// A member that leaves in peace answers what it was asked before, and then says goodbye; one that died
  /// cannot.
  void retire(const std::string& address);

  /// Also where a session's messages may still be answered.
  void on_ended(Session& session);
  /// At the end of each turn.
  void flush();
  /// Nothing is sent to those that have not left after what was sent before.
  void close();
  bool drained() const;

 private:
  struct Retired {
    std::unique_ptr<Backend> backend;
    TimePoint until;  // on Scheduler::listened()
  };

  void sweep();

  Scheduler& scheduler_;
  const Duration answers_awaited_;
  ByAddress present_;
  std::map<std::string, Retired> retired_;  // by address
  Timer sweep_timer_;
};

}  // namespace nano::cluster
