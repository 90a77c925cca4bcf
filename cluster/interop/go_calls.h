// Internal header. GoCalls: what nodes of Go Nano call on this one.
#pragma once

#include <string>
#include <string_view>

#include "cluster/interop/go_gates.h"
#include "cluster/network/network.h"
#include "cluster/registry/member.h"
#include "cluster/session/backends.h"
#include "nano/session/call.h"

namespace nano::cluster {

/// docs/protocol.md says who calls what when. Logic thread only.
class GoCalls {
 public:
  /// All references must outlive it.
  GoCalls(SessionHost& host, const Member& self, const Backends& backends, GoGates& gates)
      : host_(host), self_(self), backends_(backends), gates_(gates) {}

  CallOutcome on_call(std::string_view method, std::string_view request);
  /// A message that a node of ours sends in the name of a session of the gate at this address, which may be
  /// this node.
  void on_relayed(const std::string& gate_address, SessionId id, std::string_view route,
                  protocol::ByteView payload, std::shared_ptr<Caller> caller);

 private:
  CallOutcome on_message(const std::string& gate_address, SessionId id, const std::string& route,
                         const std::string& data, std::optional<std::uint64_t> request_id);
  CallOutcome on_own_sessions_message(SessionId id, const std::string& route, const std::string& data,
                                      std::optional<std::uint64_t> request_id);
  CallOutcome on_push(SessionId id, const std::string& route, const std::string& data);
  CallOutcome on_response(std::uint64_t id, const std::string& data);
  SessionPtr own_session(SessionId id) const;

  SessionHost& host_;
  const Member& self_;
  const Backends& backends_;
  GoGates& gates_;
};

}  // namespace nano::cluster
