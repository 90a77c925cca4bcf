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
bool fail_if_closed(const Session& session, Call& call) {
  if (session.closed()) call.fail({Errc::unavailable, "The session has closed."});
  return session.closed();
}

}  // namespace

bool Forwarding::offers(std::string_view route) const {
  const std::string_view service = service_of(route);
  return !service.empty() && !self_.offers(service) && router_.knows(service);
}

bool Forwarding::forward(Call& call, protocol::ByteView payload) {
  const std::string_view service = service_of(call.route());
  if (service.empty() || self_.offers(service)) return false;
  if (payload.size() > protocol::packet_body_bytes_max_wire) {
    call.fail({Errc::invalid_argument, "A payload between nodes has at most 16 MiB."});
    return true;
  }
  Session* const session = call.session();
  return session ? forward_session(*session, service, call, payload)
                 : send_to(router_.any(service), service, call, payload);
}

bool Forwarding::forward_session(Session& session, std::string_view service, Call& call,
                                 protocol::ByteView payload) {
  if (fail_if_closed(session, call)) return true;
  RemoteSession* const remote = RemoteSession::of(session);
  if (remote && remote->gate().invoke(session, call, payload)) return true;
  const Member* const member = router_.route(session, service);
  return fail_if_closed(session, call) || send_to(member, service, call, payload);  // by the routing function
}

bool Forwarding::send_to(const Member* member, std::string_view service, Call& call,
                         protocol::ByteView payload) {
  if (member) {
    send(*backends_.find(member->address), call, payload);
    return true;
  }
  if (!router_.knows(service)) return false;
  call.fail({Errc::unavailable, "Nobody offers the service \"" + std::string{service} + "\" at present."});
  return true;
}

void Forwarding::send(Backend& backend, Call& call, protocol::ByteView payload) {
  Session* const session = call.session();
  if (!call.awaited()) {
    if (!backend.full()) return backend.send(session, 0, call.route(), payload);
    host_.log_for(session).warning("notify dropped: too much waits for the service",
                                   {{"route", call.route()}});
    return;
  }
  if (!backend.usable()) {
    return call.fail({Errc::unavailable, "The service cannot be reached at present."});
  }
  CallPtr deferred = call.defer(payload.size());
  if (!deferred) return;
  const std::uint64_t id = pending_.add(&backend, std::move(deferred));
  backend.send(session, id, call.route(), payload);
}

}  // namespace nano::cluster
