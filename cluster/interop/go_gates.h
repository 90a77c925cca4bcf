// Internal header. GoGates: the nodes of Go Nano whose sessions this node serves.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cluster/interop/go_gate.h"
#include "nano/base/result.h"

namespace nano::cluster {

/// A gate is known from its first message on: the news that it is a member may come later. Logic thread only.
class GoGates {
 public:
  /// Both must outlive it.
  GoGates(SessionHost& host, Network& network) : host_(host), network_(network) {}

  /// The session that a message came for, which its first message opens. The error says why its messages are
  /// not served.
  Result<RemoteSession*> session(const std::string& gate_address, SessionId id);
  void on_session_closed(SessionId id);
  /// The gate has left the cluster.
  void on_left(const std::string& gate_address);
  /// No sessions begin any more.
  void refuse_sessions() { refuses_sessions_ = true; }
  bool drained() const;

 private:
  Result<RemoteSession*> open(const std::string& gate_address, SessionId id);
  GoGate& add(const std::string& address);
  void drop_gone();

  SessionHost& host_;
  Network& network_;
  std::map<std::string, std::unique_ptr<GoGate>> gates_;  // by address
  bool refuses_sessions_ = false;
  Timer drop_timer_;
};

}  // namespace nano::cluster
