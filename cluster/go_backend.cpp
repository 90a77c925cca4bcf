#include "cluster/go_backend.h"

#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"
#include "cluster/remote_session.h"

namespace nano::cluster {

GoBackend::GoBackend(SessionHost& host, PendingRequests& pending, Network& network, std::string own_address,
                     const std::string& address, BackendEvents& events)
    : host_(host),
      pending_(pending),
      own_address_(std::move(own_address)),
      address_(address),
      events_(events),
      calls_(network.connect(address)) {}

GoBackend::~GoBackend() { pending_.fail_all(this, {Errc::unavailable, "The service is gone."}); }

void GoBackend::send(Session* session, std::uint64_t request_id, std::string_view route,
                     protocol::ByteView payload) {
  RemoteSession* const remote = session ? RemoteSession::of(*session) : nullptr;
  if (!session || (remote && request_id != 0)) {
    return fail(request_id, {Errc::unavailable,
                             "The service is a node of Go Nano, which answers only its clients' requests."});
  }
  const std::string gate = remote ? std::string{remote->gate().go_address()} : own_address_;
  if (!remote) sessions_.insert(session->id());
  const auto session_id = static_cast<std::int64_t>(session->id());
  if (request_id == 0) {
    clusterpb::NotifyMessage message;
    message.set_gateaddr(gate);
    message.set_sessionid(session_id);
    message.set_route(std::string{route});
    message.set_data(payload.data(), payload.size());
    calls_.call(session->id(), method::handle_notify, message.SerializeAsString(),
                [this](const CallOutcome& outcome) { on_sent(0, outcome); });
    return;
  }
  clusterpb::RequestMessage message;
  message.set_gateaddr(gate);
  message.set_sessionid(session_id);
  message.set_id(request_id);
  message.set_route(std::string{route});
  message.set_data(payload.data(), payload.size());
  calls_.call(session->id(), method::handle_request, message.SerializeAsString(),
              [this, request_id](const CallOutcome& outcome) { on_sent(request_id, outcome); });
  if (!probe_timer_.active()) {
    probe_timer_ = host_.scheduler().after(limits::unary_probe_interval, [this] { probe(); });
  }
}

void GoBackend::on_sent(std::uint64_t request_id, const CallOutcome& outcome) {
  const bool unsure = !outcome.ok() && outcome.error().code == NetworkErrc::timeout;
  if (!unsure) set_reachable(outcome.ok() || !outcome.error().unreached());
  if (outcome.ok()) return;
  // Its own words for a handler that it does not have; nothing else tells that from other errors.
  if (outcome.error().message.find("service not found") != std::string::npos) {
    return fail(request_id, {Errc::unknown_route, "The service has no such handler."});
  }
  host_.log().limited(address_).warning("a Go node did not take a message",
                                        {{"node", address_}, {"error", outcome.error().message}});
  fail(request_id, {Errc::unavailable, "The service did not take the request."});
}

void GoBackend::fail(std::uint64_t request_id, const Error& error) {
  if (auto call = pending_.take(this, request_id)) call->fail(error);
}

bool GoBackend::answer(std::uint64_t request_id, std::string_view payload) {
  return pending_.settle(this, request_id, payload, false);
}

void GoBackend::on_ended(Session& session) {
  if (sessions_.erase(session.id()) != 0) tell_closed(session.id());
}

void GoBackend::tell_closed(SessionId session) {
  clusterpb::SessionClosedRequest message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  calls_.call(session, method::session_closed, message.SerializeAsString(), [](const CallOutcome&) {});
}

/// The next message of each session opens it there again, with a connection of its own to this gate.
void GoBackend::start_anew() {
  for (const SessionId session : std::exchange(sessions_, {})) tell_closed(session);
  pending_.fail_all(this, {Errc::unavailable, "The service has lost the session."});
  events_.on_backend_lost(address_);
}

/// Its sessions may go elsewhere from then on: whether it still knows them cannot be found out.
void GoBackend::set_reachable(bool reachable) {
  if (reachable_ == reachable) return;
  reachable_ = reachable;
  if (!reachable) events_.on_backend_lost(address_);
}

/// A Go node knows no such method, and says so, as long as it lives.
void GoBackend::probe() {
  if (!pending_.any(this) && reachable_) return;
  calls_.channel().call(method::probe, "", limits::unary_call_timeout, [this](const CallOutcome& outcome) {
    const bool answers = outcome.ok() || outcome.error().code == NetworkErrc::unimplemented ||
                         outcome.error().code == NetworkErrc::refused;
    set_reachable(answers);
    if (!answers) pending_.fail_all(this, {Errc::unavailable, "The service cannot be reached."});
    probe_timer_ = host_.scheduler().after(limits::unary_probe_interval, [this] { probe(); });
  });
}

}  // namespace nano::cluster
