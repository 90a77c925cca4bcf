// What happens to sessions and users, and is told to the other nodes.

#include <exception>
#include <stdexcept>
#include <string>

#include "cluster/link/link_messages.h"
#include "cluster/node/node_core.h"
#include "cluster/session/remote_session.h"
#include "nano/session/route.h"

namespace nano::cluster {

void Node::Core::on_bound(Session& session) {
  if (RemoteSession* remote = RemoteSession::of(session)) return remote->tell_bound();
  for (auto& [address, backend] : backends_) backend->on_bound(session, false);
}

void Node::Core::on_shared(Session& session, std::string_view name, const std::string* value) {
  if (RemoteSession* remote = RemoteSession::of(session)) return remote->tell_shared(name, value);
  for (auto& [address, backend] : backends_) {
    backend->require_room_to_share(session, shared_size(name, value));
  }
  for (auto& [address, backend] : backends_) backend->on_shared(session, name, value, false);
}

void Node::Core::on_ended(Session& session) {
  router_.forget(session.id());
  pending_.on_session_ended();
  for (auto& [address, backend] : backends_) backend->on_ended(session);
  for (auto& [address, retired] : retired_) retired.backend->on_ended(session);
}

void Node::Core::on_changed_by_backend(Session& session, const wire::LinkMessage& change, Backend& by) {
  for (auto& [address, backend] : backends_) {
    const bool is_echo = backend.get() == &by;
    if (change.kind() == wire::LinkMessage::BOUND) {
      backend->on_bound(session, is_echo);
      continue;
    }
    for (const wire::SharedValue& shared : change.shared()) {
      const std::string* kept = session.shared_bytes(shared.name());  // what was offered may not have fitted
      backend->on_shared(session, shared.name(), kept, is_echo);
    }
  }
}

// -- users -------------------------------------------------------------------------------------------------

void Node::Core::push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) {
  on_push_to_user(uid, route, payload);
  std::string missed;  // a node that takes too little costs the others nothing
  for (auto& [address, backend] : backends_) {
    try {
      backend->push_to_user(uid, route, payload);
    } catch (const std::length_error&) {
      missed += (missed.empty() ? "" : ", ") + address;
    }
  }
  if (missed.empty()) return;
  throw std::length_error("The push to user " + std::to_string(uid) +
                          " did not go to all nodes: too much waits for " + missed + ".");
}

void Node::Core::kick_user(std::int64_t uid, std::string_view reason) {
  on_kick_user(uid, reason);
  for (auto& [address, backend] : backends_) backend->kick_user(uid, reason);
}

void Node::Core::on_push_to_user(std::int64_t uid, std::string_view route, std::string_view payload) {
  for (const SessionPtr& session : host_.sessions.find_user(uid)) {
    if (session->closed() || RemoteSession::of(*session)) continue;
    try {
      require_utf8_route(route);
      session->entity()->push(route, protocol::as_bytes(payload));
    } catch (const std::exception& failure) {  // what comes from another node must not end its batch
      host_.log().limited(route).error("push to a user dropped", {{"uid", uid}, {"error", failure.what()}});
    }
  }
}

void Node::Core::on_kick_user(std::int64_t uid, std::string_view reason) {
  for (const SessionPtr& session : host_.sessions.find_user(uid)) {
    if (!session->closed() && !RemoteSession::of(*session)) session->kick(reason);
  }
}

}  // namespace nano::cluster
