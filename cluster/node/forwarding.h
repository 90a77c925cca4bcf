// Internal header. Forwarding: the way of a message to a service of another node.
#pragma once

#include <string_view>

#include "cluster/node/router.h"
#include "cluster/session/backends.h"
#include "cluster/session/pending_requests.h"
#include "nano/session/call.h"

namespace nano::cluster {

/// Chooses the member that handles a message for which there is no handler here, and sends it there; for a
/// session of another gate that gate chooses. Logic thread only.
class Forwarding {
 public:
  /// All must outlive it. The router knows no member that is not among the backends.
  Forwarding(SessionHost& host, const Member& self, Router& router, Backends& backends,
             PendingRequests& pending)
      : host_(host), self_(self), router_(router), backends_(backends), pending_(pending) {}

  /// See RemoteServices.
  bool offers(std::string_view route) const;
  bool forward(Call& call, protocol::ByteView payload);

 private:
  bool forward_session(Session& session, std::string_view service, Call& call, protocol::ByteView payload);
  bool send_to(const Member* member, std::string_view service, Call& call, protocol::ByteView payload);
  void send(Backend& backend, Call& call, protocol::ByteView payload);

  SessionHost& host_;
  const Member& self_;
  Router& router_;
  Backends& backends_;
  PendingRequests& pending_;
};

}  // namespace nano::cluster
