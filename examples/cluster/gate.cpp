#include "examples/cluster/gate.h"

#include <cstdint>
#include <vector>

#include "examples/cluster/places.h"
#include "examples/cluster/text.h"

namespace cluster_chat {
namespace {

/// The same for the same name at every gate. A game would look it up, and check who is there.
std::int64_t uid_of(const std::string& name) {
  return static_cast<std::int64_t>(nano::cluster::stable_hash(name) >> 1 | 1);
}

}  // namespace

nano::Result<LoginReply> Gate::login(nano::Session& session, const LoginRequest& request) {
  const std::string name = trimmed(request.name);
  const std::string room = trimmed(request.room);
  if (session.uid() != 0) return nano::Error{"already_logged_in", "You are logged in already."};
  if (name.empty()) return nano::Error{"name_invalid", "Please enter a name."};
  if (room.empty()) return nano::Error{"room_invalid", "Please enter a room."};
  if (count_characters(name) > name_characters_max) {
    return nano::Error{"name_invalid", "A name has at most 24 characters."};
  }
  if (count_characters(room) > name_characters_max) {
    return nano::Error{"room_invalid", "The name of a room has at most 24 characters."};
  }
  session.bind(uid_of(name));
  session.share("name", name);
  session.share("room", room);
  logged_in_.add(session);
  return LoginReply{name, room, gate_name_};
}

void Gate::move_rooms(const nano::cluster::Member& newcomer) {
  for (nano::Session* session : logged_in_.members()) {
    if (moves_to(newcomer, *session)) session->close();
  }
}

nano::Result<void> refuse_inner_routes(nano::Session& /*session*/, nano::PipelineMessage& message) {
  if (!message.route().starts_with("Stats.")) return {};
  return nano::Error{"forbidden", "This service is not for clients."};
}

}  // namespace cluster_chat
