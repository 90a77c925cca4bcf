#include "cluster/session/link_gate.h"

#include <utility>

#include "cluster/link/link_messages.h"

namespace nano::cluster {

LinkGate::LinkGate(SessionHost& host, PendingRequests& pending, IncomingLink& link, GateEvents& events)
    : host_(host), pending_(pending), link_(link), events_(events) {}

LinkGate::~LinkGate() {
  while (!sessions_.empty()) sessions_.begin()->second->end("shutdown");  // which takes it out
  pending_.fail_all(this, {Errc::unavailable, "The session's gate is gone."});
}

RemoteSession* LinkGate::find(SessionId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second.get();
}

// -- from the gate -----------------------------------------------------------------------------------------

void LinkGate::on_message(const LinkMessage& message) {
  switch (message.kind()) {
    case LinkMessage::MESSAGE: return on_session_message(message);
    case LinkMessage::SESSION_OPENED: return on_session_opened(message);
    case LinkMessage::SESSION_CLOSED:
      if (RemoteSession* session = find(message.session_id())) session->end(message.text());
      return;
    case LinkMessage::BOUND:
    case LinkMessage::SHARED: return on_session_change(message);
    case LinkMessage::CALL:
      return handle({host_, nullptr, message.route(), LinkAnswer::caller(*this, message.id())}, message);
    case LinkMessage::ANSWER:
      pending_.settle(this, message.id(), message.payload(), message.is_error());
      return;
    case LinkMessage::PUSH_TO_USER:
      return events_.on_push_to_user(message.uid(), message.route(), message.payload());
    case LinkMessage::KICK_USER: return events_.on_kick_user(message.uid(), message.text());
    default: return;  // of a later version
  }
}

void LinkGate::on_session_opened(const LinkMessage& message) {
  const SessionId id = message.session_id();
  if (!events_.takes_sessions()) return;
  if (const SessionPtr there = host_.sessions.find(id)) {
    RemoteSession* const old = RemoteSession::of(*there);
    if (old && old->gate().is_lost()) old->end("gate_lost");  // the same client, over the gate's next link
  }
  if (host_.sessions.find(id)) {
    host_.log()
        .limited(link_.address())
        .error("two gates have a session of the same id; the second one is not served",
               {{"session", id}, {"gate", link_.address()}});
    return;
  }
  const auto session = std::make_shared<RemoteSession>(host_, *this, id, message.text());
  sessions_.emplace(id, session);
  session->session().apply_uid(message.uid());
  for (const wire::SharedValue& shared : message.shared()) {
    session->session().apply_shared(shared.name(), value_of(shared));
  }
  session->open();
}

void LinkGate::on_session_message(const LinkMessage& message) {
  if (!message.gate().empty()) {
    return events_.handle_relayed(message.gate(), message.session_id(), message.route(),
                                  protocol::as_bytes(message.payload()),
                                  LinkAnswer::caller(*this, message.id()));
  }
  RemoteSession* const remote = find(message.session_id());
  if (!remote) {
    // Sessions that a stopping node refused are open at their gate.
    const Error why = events_.takes_sessions() ? Error{Errc::unavailable, "The session has closed."}
                                               : nano::stopping_error();
    return Call{host_, nullptr, message.route(), LinkAnswer::caller(*this, message.id())}.fail(why);
  }
  remote->touch();
  const SessionPtr session = remote->session().shared_from_this();
  const auto request_id = message.id() == 0 ? std::nullopt : std::optional{message.id()};
  handle({host_, *session, message.route(), request_id}, message);
}

/// That this node has no handler for it is an error.
void LinkGate::handle(Call&& call, const LinkMessage& message) {
  host_.events().on_call(std::move(call), protocol::as_bytes(message.payload()), Reach::this_node);
}

void LinkGate::on_session_change(const LinkMessage& message) {
  RemoteSession* session = find(message.session_id());
  if (!session) return;
  if (message.kind() == LinkMessage::BOUND) return session->apply_uid(message.uid(), message.is_echo());
  for (const wire::SharedValue& shared : message.shared()) {
    session->apply_shared(shared.name(), value_of(shared), message.is_echo());
  }
}

void LinkGate::on_over(std::string_view) {
  pending_.fail_all(this, {Errc::unavailable, "The session's gate is gone."});
}

bool LinkGate::clear_away() {
  for (std::size_t i = 0; i < nano::limits::sessions_closed_per_turn && !sessions_.empty(); ++i) {
    sessions_.begin()->second->end("gate_lost");  // which takes it out
  }
  return sessions_.empty();
}

// -- to the gate -------------------------------------------------------------------------------------------

LinkMessage& LinkGate::add(LinkMessage::Kind kind, SessionId session, std::size_t bytes) {
  LinkMessage& message = link_.add(kind, bytes);
  message.set_session_id(session);
  return message;
}

/// The same push to many sessions, one after the other, is one message with many receivers.
bool LinkGate::push(SessionId session, std::string_view latest_key, std::string_view route,
                    protocol::ByteView payload) {
  if (was_last(latest_key, route, payload) && link_.add_receiver(session)) return true;
  if (!link_.has_room(route.size() + payload.size())) return false;
  LinkMessage& message = link_.add(LinkMessage::PUSH, route.size() + payload.size());
  set_content(message, route, payload);
  message.set_latest_key(latest_key.data(), latest_key.size());
  message.add_session_ids(session);
  return true;
}

/// Whether the last message of this turn is that push.
bool LinkGate::was_last(std::string_view latest_key, std::string_view route,
                        protocol::ByteView payload) const {
  const LinkMessage* const last = link_.last();
  return last && last->kind() == LinkMessage::PUSH && last->latest_key() == latest_key &&
         last->route() == route && last->payload() == protocol::as_text(payload);
}

/// Its receivers come one after the other, so the last message is still that push.
bool LinkGate::deliver(SessionId session, SharedPush& shared) {
  if (shared.carrier() == this && link_.add_receiver(session)) return true;
  if (!push(session, shared.latest_key(), shared.route(), shared.payload())) return false;
  shared.set_carrier(this);
  return true;
}

void LinkGate::respond(SessionId, std::uint64_t id, protocol::ByteView payload, bool is_error) {
  send_answer(id, payload, is_error);
}

void LinkGate::send_answer(std::uint64_t id, protocol::ByteView payload, bool is_error) {
  add_answer(link_, id, payload, is_error);
}

void LinkGate::kick(SessionId session, std::string_view reason) {
  add(LinkMessage::KICK, session, reason.size()).set_text(reason.data(), reason.size());
}

void LinkGate::close(SessionId session) { add(LinkMessage::CLOSE, session, 0); }

bool LinkGate::bind(SessionId session, std::int64_t uid) {
  add(LinkMessage::BOUND, session, 0).set_uid(uid);
  return true;
}

bool LinkGate::share(SessionId session, std::string_view name, const std::string* value) {
  require_room(link_, shared_size(name, value));
  add_shared(add(LinkMessage::SHARED, session, shared_size(name, value)), name, value);
  return true;
}

/// The gate routes it, as it knows where the session's messages for that service go.
bool LinkGate::invoke(Session& session, Call& call, protocol::ByteView payload) {
  std::uint64_t id = 0;
  if (link_.full() || link_.over()) {
    call.fail({Errc::unavailable,
               link_.over() ? "The session's gate is gone." : "Too much waits for the session's gate."});
    return true;
  }
  if (call.awaited()) {
    CallPtr deferred = call.defer(payload.size());
    if (!deferred) return true;
    id = pending_.add(this, std::move(deferred));
  }
  LinkMessage& message = add(LinkMessage::INVOKE, session.id(), call.route().size() + payload.size());
  message.set_id(id);
  set_content(message, call.route(), payload);
  return true;
}

void LinkGate::forget(SessionId session) { sessions_.erase(session); }

}  // namespace nano::cluster
