#include "cluster/node/session_state.h"

#include "cluster/link/link_messages.h"
#include "cluster/session/remote_session.h"

namespace nano::cluster {

void SessionState::on_bound(Session& session) {
  if (RemoteSession* remote = RemoteSession::of(session)) return remote->tell_bound();
  for (const auto& [address, backend] : backends_.present()) backend->on_bound(session, false);
}

void SessionState::on_shared(Session& session, std::string_view name, const std::string* value) {
  if (RemoteSession* remote = RemoteSession::of(session)) return remote->tell_shared(name, value);
  for (const auto& [address, backend] : backends_.present()) {
    backend->require_room_to_share(session, shared_size(name, value));
  }
  for (const auto& [address, backend] : backends_.present()) backend->on_shared(session, name, value, false);
}

void SessionState::on_ended(Session& session) {
  router_.forget(session.id());
  pending_.on_session_ended();
  backends_.on_ended(session);
}

void SessionState::on_bound_by(const Backend& by, Session& session) {
  for (const auto& [address, backend] : backends_.present()) {
    backend->on_bound(session, backend.get() == &by);
  }
}

void SessionState::on_shared_by(const Backend& by, Session& session, std::string_view name) {
  const std::string* const kept = session.shared_bytes(name);  // what was offered may not have fitted
  for (const auto& [address, backend] : backends_.present()) {
    backend->on_shared(session, name, kept, backend.get() == &by);
  }
}

}  // namespace nano::cluster
