#include "nano/session/group.h"

#include <algorithm>

namespace nano {
namespace {

bool has_lower_id(const Session* session, SessionId id) { return session->id() < id; }

}  // namespace

bool GroupCore::add(Session& session) {
  if (session.closed()) return false;
  const auto place = std::lower_bound(members_.begin(), members_.end(), session.id(), has_lower_id);
  if (place != members_.end() && (*place)->id() == session.id()) return false;
  NANO_REQUIRE(members_.empty() || &host() == &session.host(), "the members of a group belong to one server");
  members_.insert(place, &session);
  session.groups_.push_back(this);
  return true;
}

bool GroupCore::leave(Session& session) {
  if (!contains(session)) return false;
  std::erase(session.groups_, this);
  forget(session);
  return true;
}

bool GroupCore::contains(const Session& session) const { return member(session.id()) == &session; }

Session* GroupCore::member(SessionId id) const {
  const auto place = std::lower_bound(members_.begin(), members_.end(), id, has_lower_id);
  return place != members_.end() && (*place)->id() == id ? *place : nullptr;
}

std::vector<std::int64_t> GroupCore::uids() const {
  std::vector<std::int64_t> uids;
  uids.reserve(members_.size());
  for (const Session* session : members_) uids.push_back(session->uid());
  return uids;
}

void GroupCore::clear() {
  for (Session* session : members_) std::erase(session->groups_, this);
  members_.clear();
}

void GroupCore::forget(Session& session) {
  const auto place = std::lower_bound(members_.begin(), members_.end(), session.id(), has_lower_id);
  NANO_ASSERT(place != members_.end() && *place == &session, "a session knows its groups");
  members_.erase(place);
}

void GroupCore::broadcast_bytes(const std::vector<Session*>& receivers, std::string_view route,
                                protocol::ByteView payload) {
  SessionHost& host = receivers.front()->host();
  if (host.outbound) {  // filters may change the message for each session: no sharing
    const std::string copy{protocol::as_text(payload)};
    for (Session* session : std::vector<Session*>{receivers}) {
      if (NetworkEntity* entity = session->entity()) entity->push(route, protocol::as_bytes(copy));
    }
    return;
  }
  protocol::Message message;
  message.type = protocol::MessageType::push;
  message.route = route;
  message.payload = payload;
  const Frame frame = host.encode(message);
  for (Session* session : receivers) {
    if (NetworkEntity* entity = session->entity())
      entity->deliver(frame);  // never closes a session on the spot
  }
}

}  // namespace nano
