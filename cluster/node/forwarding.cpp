#include "cluster/node/forwarding.h"

#include <string>
#include <utility>

#include "cluster/session/remote_session.h"
#include "protocol/limits.h"

namespace nano::cluster {
namespace {

std::string_view service_of(std::string_view route) {
  const auto dot = route.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : route.substr(0, dot);
}

/// Whether that settles it.
bool fail_if_closed(const Session& session, Invocation& invocation) {
  if (session.closed()) invocation.fail({Errc::unavailable, "The session has closed."});
  return session.closed();
}

}  // namespace

bool Forwarding::offers(std::string_view route) const {
  const std::string_view service = service_of(route);
  return !service.empty() && !self_.offers(service) && router_.knows(service);
}

bool Forwarding::forward(Invocation& invocation) {
  const std::string_view service = service_of(invocation.route());
  if (service.empty() || self_.offers(service)) return false;
  if (invocation.payload().size() > protocol::packet_body_bytes_max_wire) {
    invocation.fail({Errc::invalid_argument, "A payload between nodes has at most 16 MiB."});
    return true;
  }
  Session* const session = invocation.session();
  return session ? forward_session(*session, service, invocation)
                 : send_to(router_.any(service), service, invocation);
}

bool Forwarding::forward_session(Session& session, std::string_view service, Invocation& invocation) {
  if (fail_if_closed(session, invocation)) return true;
  RemoteSession* const remote = RemoteSession::of(session);
  if (remote && remote->gate().invoke(session, invocation)) return true;
  const Member* const member = router_.route(session, service);
  return fail_if_closed(session, invocation) ||
         send_to(member, service, invocation);  // by the routing function
}

bool Forwarding::send_to(const Member* member, std::string_view service, Invocation& invocation) {
  if (member) {
    send(*backends_.find(member->address), invocation);
    return true;
  }
  if (!router_.knows(service)) return false;
  invocation.fail(
      {Errc::unavailable, "Nobody offers the service \"" + std::string{service} + "\" at present."});
  return true;
}

void Forwarding::send(Backend& backend, Invocation& invocation) {
  Session* const session = invocation.session();
  if (!invocation.wants_answer()) {
    if (!backend.full()) return backend.send(session, 0, invocation.route(), invocation.payload());
    host_.log_for(session).warning("notify dropped: too much waits for the service",
                                   {{"route", invocation.route()}});
    return;
  }
  if (!backend.usable()) {
    return invocation.fail({Errc::unavailable, "The service cannot be reached at present."});
  }
  PendingCallPtr call = invocation.defer();
  if (!call) return;
  const std::uint64_t id = pending_.add(&backend, std::move(call));
  backend.send(session, id, invocation.route(), invocation.payload());
}

}  // namespace nano::cluster
