#include "cluster/session/link_backend.h"

#include <exception>
#include <utility>

#include "cluster/link/link_messages.h"
#include "cluster/session/remote_session.h"
#include "nano/session/route.h"
#include "nano/session/shared_push.h"

namespace nano::cluster {

LinkBackend::LinkBackend(SessionHost& host, PendingRequests& pending, std::mt19937_64& random,
                         Network& network, const std::string& own_address, std::string address,
                         BackendEvents& events)
    : host_(host),
      pending_(pending),
      address_(std::move(address)),
      events_(events),
      link_(host.scheduler(), network, address_, own_address, random, *this) {}

LinkBackend::~LinkBackend() { pending_.fail_all(this, {Errc::unavailable, "The service is gone."}); }

// -- to the backend ----------------------------------------------------------------------------------------

void LinkBackend::send(Session* session, std::uint64_t request_id, std::string_view route,
                       protocol::ByteView payload) {
  const std::size_t bytes = route.size() + payload.size();
  RemoteSession* const remote = session ? RemoteSession::of(*session) : nullptr;
  if (session && !remote) introduce(*session);
  LinkMessage& message = link_.add(session ? LinkMessage::MESSAGE : LinkMessage::CALL, bytes);
  if (session) message.set_session_id(session->id());
  if (remote) message.set_gate(std::string{remote->gate().go_address()});
  message.set_id(request_id);
  set_content(message, route, payload);
}

void LinkBackend::relay(SessionId session, std::string_view route, protocol::ByteView payload) {
  if (drops()) return;
  LinkMessage& message = link_.add(LinkMessage::MESSAGE, route.size() + payload.size());
  message.set_session_id(session);
  message.set_gate(address_);
  set_content(message, route, payload);
}

void LinkBackend::introduce(Session& session) {
  if (!sessions_.insert(session.id()).second) return;
  LinkMessage& message = link_.add(LinkMessage::SESSION_OPENED, nano::limits::shared_bytes);
  message.set_session_id(session.id());
  message.set_text(session.remote_address());
  message.set_uid(session.uid());
  for (const auto& [name, value] : session.shared_values()) {
    add_shared(message, name, &value);
  }
}

void LinkBackend::on_ended(Session& session) {
  if (sessions_.erase(session.id()) == 0) return;
  LinkMessage& message = link_.add(LinkMessage::SESSION_CLOSED, session.close_reason().size());
  message.set_session_id(session.id());
  message.set_text(session.close_reason());
}

void LinkBackend::on_bound(Session& session, bool is_echo) {
  if (!sessions_.contains(session.id())) return;
  LinkMessage& message = link_.add(LinkMessage::BOUND, 0);
  message.set_session_id(session.id());
  message.set_uid(session.uid());
  message.set_is_echo(is_echo);
}

void LinkBackend::on_shared(Session& session, std::string_view name, const std::string* value, bool is_echo) {
  if (!sessions_.contains(session.id())) return;
  LinkMessage& message = link_.add(LinkMessage::SHARED, shared_size(name, value));
  message.set_session_id(session.id());
  message.set_is_echo(is_echo);
  add_shared(message, name, value);
}

void LinkBackend::require_room_to_share(const Session& session, std::size_t bytes) const {
  if (sessions_.contains(session.id())) require_room(link_, bytes);
}

void LinkBackend::push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) {
  require_room(link_, route.size() + payload.size());
  LinkMessage& message = link_.add(LinkMessage::PUSH_TO_USER, route.size() + payload.size());
  message.set_uid(uid);
  set_content(message, route, protocol::as_bytes(payload));
}

void LinkBackend::kick_user(std::int64_t uid, std::string_view reason) {
  LinkMessage& message = link_.add(LinkMessage::KICK_USER, reason.size());
  message.set_uid(uid);
  message.set_text(reason.data(), reason.size());
}

bool LinkBackend::drops() {
  if (!link_.full()) return false;
  host_.log().limited(address_).warning("message dropped: too much waits for the node", {{"node", address_}});
  return true;
}

void LinkBackend::send_answer(std::uint64_t id, protocol::ByteView payload, bool is_error) {
  add_answer(link_, id, payload, is_error);
}

// -- from the backend --------------------------------------------------------------------------------------

void LinkBackend::on_message(const LinkMessage& message) {
  if (message.kind() == LinkMessage::ANSWER) {
    pending_.settle(this, message.id(), message.payload(), message.is_error());
    return;
  }
  if (message.kind() == LinkMessage::PUSH) return on_push(message);
  const SessionPtr session = find(message.session_id());
  if (message.kind() == LinkMessage::INVOKE) return on_invoke(session.get(), message);
  if (!session) return;  // it has just closed; the backend will hear of it
  switch (message.kind()) {
    case LinkMessage::KICK: return session->kick(message.text());
    case LinkMessage::CLOSE: return session->close();
    case LinkMessage::BOUND:
      if (message.uid() < 1) return;
      session->apply_uid(message.uid());
      return events_.on_bound_by(*this, *session);
    case LinkMessage::SHARED:
      for (const wire::SharedValue& shared : message.shared()) {
        session->offer_shared(shared.name(), value_of(shared));
        events_.on_shared_by(*this, *session, shared.name());
      }
      return;
    default: return;  // of a later version
  }
}

/// Of those that are known there, if it is open.
SessionPtr LinkBackend::find(SessionId id) const {
  SessionPtr session = sessions_.contains(id) ? host_.sessions.find(id) : nullptr;
  return session && session->entity() ? session : nullptr;
}

void LinkBackend::push_to(Session& session, const LinkMessage& message) {
  const auto payload = protocol::as_bytes(message.payload());
  if (message.latest_key().empty()) return session.entity()->push(message.route(), payload);
  session.entity()->push_latest(message.latest_key(), message.route(), payload);
}

void LinkBackend::on_push(const LinkMessage& message) {
  const auto payload = protocol::as_bytes(message.payload());
  try {
    require_utf8_route(message.route());
    if (!message.latest_key().empty()) Session::check_latest_key(message.latest_key());
    if (message.session_ids_size() == 1 || host_.outbound) {
      for (const SessionId id : message.session_ids()) {
        if (const SessionPtr session = find(id)) {
          push_to(*session, message);
        }
      }
      return;
    }
    SharedPush push{host_, message.route(), payload, message.latest_key()};
    for (const SessionId id : message.session_ids()) {
      if (const SessionPtr session = find(id)) {
        session->entity()->deliver(push);
      }
    }
  } catch (const std::exception& failure) {  // else the rest of the batch would be lost
    host_.log().limited(address_).error("push of a backend dropped",
                                        {{"backend", address_}, {"error", failure.what()}});
  }
}

void LinkBackend::on_invoke(Session* session, const LinkMessage& message) {
  Call call{host_, session, message.route(), LinkAnswer::caller(*this, message.id())};
  if (!session) return call.fail({Errc::unavailable, "The session has closed."});
  host_.events().on_call(std::move(call), protocol::as_bytes(message.payload()), Reach::cluster);
}

void LinkBackend::on_unreachable() {
  pending_.fail_all(this, {Errc::unavailable, "The service cannot be reached."});
}

void LinkBackend::on_over() {
  sessions_.clear();
  pending_.fail_all(this, {Errc::unavailable, "The service is gone."});
  events_.on_backend_lost(address_);
}

}  // namespace nano::cluster
