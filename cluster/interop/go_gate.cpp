#include "cluster/interop/go_gate.h"

#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"
#include "nano/base/result.h"
#include "protocol/handshake.h"

namespace nano::cluster {

GoGate::GoGate(SessionHost& host, Network& network, std::string address, Function<void()> gone)
    : host_(host),
      address_(std::move(address)),
      gone_(std::move(gone)),
      calls_(network.connect(address_)),
      last_heard_(host.scheduler().listened()),
      probe_timer_(host.scheduler().after(limits::go_gate_probe_interval, [this] { probe(); })) {}

GoGate::~GoGate() { end_sessions("shutdown"); }

void GoGate::probe() {
  calls_.channel().call(method::probe, "", limits::link_connect_timeout,
                        [this](const CallOutcome& outcome) { on_probed(outcome); });
}

/// It knows no such method, and says so, as long as it lives.
void GoGate::on_probed(const CallOutcome& outcome) {
  const TimePoint now = host_.scheduler().listened();
  if (outcome.heard()) last_heard_ = now;
  const bool ended = !outcome.heard() && outcome.error().code == NetworkErrc::nobody_listens;
  if (ended || now - last_heard_ >= limits::go_gate_silence) {
    is_gone_ = true;
    return gone_();
  }
  forget_closed();
  probe_timer_ = host_.scheduler().after(limits::go_gate_probe_interval, [this] { probe(); });
}

void GoGate::end_sessions(const std::string& reason) {
  while (!sessions_.empty()) sessions_.begin()->second->end(reason);  // which takes it out
}

RemoteSession* GoGate::find(SessionId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second.get();
}

RemoteSession* GoGate::hear(SessionId session) {
  last_heard_ = host_.scheduler().listened();
  RemoteSession* const known = find(session);
  if (known) known->touch();
  return known;
}

RemoteSession* GoGate::open(SessionId id) {
  const auto session = std::make_shared<RemoteSession>(host_, *this, id, address_);
  sessions_.emplace(id, session);
  session->open();
  return find(id);
}

void GoGate::call(SessionId session, std::string_view method, std::string request) {
  calls_.call(session, method, std::move(request), [this, session](const CallOutcome& outcome) {
    if (outcome.ok()) return;
    host_.log().limited(address_).debug(
        "a Go gate did not take a message",
        {{"gate", address_}, {"session", session}, {"error", outcome.error().message}});
    // It also refuses what a slow client has no room for; that client is still there.
    const bool gone = outcome.error().message.find("session not found") != std::string::npos;
    if (RemoteSession* known = gone ? find(session) : nullptr) known->end("connection_lost");
  });
}

bool GoGate::push(SessionId session, std::string_view, std::string_view route, protocol::ByteView payload) {
  if (payload.size() > limits::go_message_bytes || !calls_.has_room(payload.size())) return false;
  clusterpb::PushMessage message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  message.set_route(std::string{route});
  message.set_data(payload.data(), payload.size());
  call(session, method::handle_push, message.SerializeAsString());
  return true;
}

void GoGate::respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool) {
  if (payload.size() > limits::go_message_bytes || !calls_.has_room(payload.size())) {
    const std::string document = protocol::encode_error(
        to_string(Errc::unavailable), "The answer was lost: the client's gate cannot be sent it.");
    if (document.size() < payload.size()) return respond_bytes(session, id, document);
  }
  respond_bytes(session, id, protocol::as_text(payload));
}

void GoGate::respond_bytes(SessionId session, std::uint64_t id, std::string_view payload) {
  clusterpb::ResponseMessage message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  message.set_id(id);
  message.set_data(payload.data(), payload.size());
  call(session, method::handle_response, message.SerializeAsString());
}

void GoGate::kick(SessionId session, std::string_view) { close(session); }

void GoGate::close(SessionId session) {
  closing_.emplace(session, TimePoint::max());
  clusterpb::CloseSessionRequest message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  calls_.call(session, method::close_session, message.SerializeAsString(),
              [this, session](const CallOutcome& outcome) {
                const auto closing = closing_.find(session);
                if (!outcome.heard() || closing == closing_.end()) return;
                closing->second = host_.scheduler().listened() + limits::go_closed_session_remembered;
              });
}

/// The gate may never say that the session has ended: its client's end and this node's word may have crossed.
void GoGate::forget_closed() {
  const TimePoint now = host_.scheduler().listened();
  std::erase_if(closing_, [now](const auto& closing) { return closing.second <= now; });
}

/// What has not been sent yet is of no use to anybody.
void GoGate::on_session_closed(SessionId session) {
  closing_.erase(session);
  if (RemoteSession* known = find(session)) known->end("client_closed");
  calls_.drop(session);
}

void GoGate::forget(SessionId session) { sessions_.erase(session); }

}  // namespace nano::cluster
