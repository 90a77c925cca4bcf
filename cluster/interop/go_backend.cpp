#include "cluster/interop/go_backend.h"

#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"
#include "cluster/session/remote_session.h"
#include "protocol/utf8.h"

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
  if (!protocol::is_utf8(route)) {  // a protobuf string is nothing else
    return fail(request_id, {Errc::unknown_route, "There is no such route: it is not UTF-8."});
  }
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
    return watch();
  }
  clusterpb::RequestMessage message;
  message.set_gateaddr(gate);
  message.set_sessionid(session_id);
  message.set_id(request_id);
  message.set_route(std::string{route});
  message.set_data(payload.data(), payload.size());
  calls_.request(session->id(), request_id, method::handle_request, message.SerializeAsString(),
                 [this, request_id](const CallOutcome& outcome) { on_sent(request_id, outcome); });
  watch();
}

/// A request whose time was up may have been taken all the same: it waits on for its answer, as long as the
/// node is there.
void GoBackend::on_sent(std::uint64_t request_id, const CallOutcome& outcome) {
  note(outcome);
  if (outcome.ok()) return;
  // Its own words for a handler that it does not have; nothing else tells that from other errors.
  if (outcome.error().message.find("service not found") != std::string::npos) {
    return fail(request_id, {Errc::unknown_route, "The service has no such handler."});
  }
  host_.log().limited(address_).warning("a Go node did not take a message",
                                        {{"node", address_}, {"error", outcome.error().message}});
  if (outcome.error().code == NetworkErrc::timeout && !outcome.heard()) return;
  fail(request_id, {Errc::unavailable, "The service did not take the request."});
}

void GoBackend::fail(std::uint64_t request_id, const Error& error) {
  if (auto call = pending_.take(this, request_id)) call->fail(error);
}

bool GoBackend::answer(std::uint64_t request_id, std::string_view payload) {
  return pending_.settle(this, request_id, payload, false);
}

/// What its client said last still goes there, if the node takes it soon.
void GoBackend::on_ended(Session& session) {
  if (sessions_.erase(session.id()) == 0) return;
  tell_closed(session.id());
  ended_.push_back(session.id());
  if (!skip_timer_.active()) skip_later();
}

/// Each has the time once, and twice at the most.
void GoBackend::skip_later() {
  skip_timer_ = host_.scheduler().after(limits::closed_session_requests_kept, [this] {
    for (const SessionId ended : std::exchange(ended_before_, std::exchange(ended_, {}))) {
      calls_.skip_to_last(ended);
    }
    if (!ended_before_.empty()) skip_later();
  });
}

void GoBackend::tell_closed(SessionId session) {
  clusterpb::SessionClosedRequest message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  calls_.call(session, method::session_closed, message.SerializeAsString(), [](const CallOutcome&) {});
}

/// The next message of each session opens it there again, with a connection of its own to this gate.
void GoBackend::start_anew() {
  for (const SessionId session : std::exchange(sessions_, {})) {
    tell_closed(session);
    calls_.skip_to_last(session);
  }
  pending_.fail_all(this, {Errc::unavailable, "The service has lost the session."});
  events_.on_backend_lost(address_);
}

/// That no answer came in time counts as silence, and no more.
void GoBackend::note(const CallOutcome& outcome) {
  const TimePoint now = host_.scheduler().listened();
  if (outcome.heard()) {
    last_heard_ = now;
    set_reachable(true);
  } else if (outcome.error().unreached() || (watching_ && now - last_heard_ >= limits::go_backend_silence)) {
    set_reachable(false);
  }
}

/// Its sessions may go elsewhere from then on: whether it still knows them cannot be found out.
void GoBackend::set_reachable(bool reachable) {
  if (reachable_ == reachable) return;
  reachable_ = reachable;
  if (reachable) return;
  events_.on_backend_lost(address_);
  watch();
}

void GoBackend::watch() {
  if (std::exchange(watching_, true)) return;
  last_heard_ = host_.scheduler().listened();
  probe_timer_ = host_.scheduler().after(limits::unary_probe_interval, [this] { probe(); });
}

/// A Go node knows no such method, and says so, as long as it lives.
void GoBackend::probe() {
  calls_.drop_requests([this](std::uint64_t id) { return !pending_.waits(id); });
  watching_ = pending_.any(this) || !calls_.empty() || !reachable_;
  if (!watching_) return;
  calls_.channel().call(method::probe, "", limits::link_connect_timeout, [this](const CallOutcome& outcome) {
    note(outcome);
    if (!reachable_) pending_.fail_all(this, {Errc::unavailable, "The service cannot be reached."});
    probe_timer_ = host_.scheduler().after(limits::unary_probe_interval, [this] { probe(); });
  });
}

}  // namespace nano::cluster
