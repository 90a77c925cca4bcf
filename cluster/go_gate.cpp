#include "cluster/go_gate.h"

#include <utility>

#include "cluster/registry/messages.h"

namespace nano::cluster {

GoGate::GoGate(SessionHost& host, Network& network, std::string address)
    : host_(host), address_(std::move(address)), calls_(network.connect(address_)) {}

GoGate::~GoGate() { end_sessions("shutdown"); }

void GoGate::end_sessions(const std::string& reason) {
  while (!sessions_.empty()) sessions_.begin()->second->end(reason);  // which takes it out
}

RemoteSession* GoGate::find(SessionId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second.get();
}

RemoteSession* GoGate::find_or_open(SessionId id) {
  if (RemoteSession* known = find(id)) {
    known->touch();
    return known;
  }
  if (closing_.contains(id)) return nullptr;
  if (host_.sessions.find(id)) {
    host_.log().limited(address_).error(
        "two gates have a session of the same id; the second one is not served",
        {{"session", id}, {"gate", address_}});
    return nullptr;
  }
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

void GoGate::push(SessionId session, std::string_view route, protocol::ByteView payload) {
  if (calls_.full()) {
    host_.log().limited(address_).warning("a Go gate takes too little; push dropped", {{"gate", address_}});
    return;
  }
  clusterpb::PushMessage message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  message.set_route(std::string{route});
  message.set_data(payload.data(), payload.size());
  call(session, method::handle_push, message.SerializeAsString());
}

void GoGate::respond(SessionId session, std::uint64_t id, protocol::ByteView payload, bool) {
  clusterpb::ResponseMessage message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  message.set_id(id);
  message.set_data(payload.data(), payload.size());
  call(session, method::handle_response, message.SerializeAsString());
}

void GoGate::kick(SessionId session, std::string_view) { close(session); }

void GoGate::close(SessionId session) {
  closing_.insert(session);
  clusterpb::CloseSessionRequest message;
  message.set_sessionid(static_cast<std::int64_t>(session));
  call(session, method::close_session, message.SerializeAsString());
}

void GoGate::on_session_closed(SessionId session) {
  closing_.erase(session);
  if (RemoteSession* known = find(session)) known->end("client_closed");
}

void GoGate::forget(SessionId session) { sessions_.erase(session); }

}  // namespace nano::cluster
