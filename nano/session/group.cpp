#include "nano/session/group.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>

#include "nano/session/shared_push.h"

namespace nano {
namespace {

/// Filters may change the message for each session: no sharing. Throws the last error when all have had their
/// turn.
void push_to_each(const std::vector<Session*>& receivers, std::string_view latest_key, std::string_view route,
                  std::string payload) {
  std::exception_ptr failure;
  for (Session* session : receivers) {
    try {
      NetworkEntity* const entity = session->entity();
      if (!entity) continue;
      latest_key.empty() ? entity->push(route, protocol::as_bytes(payload))
                         : entity->push_latest(latest_key, route, protocol::as_bytes(payload));
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

bool GroupCore::add(Session& session) {
  if (session.closed() || contains(session)) return false;
  NANO_REQUIRE(empty() || host_ == &session.host(), "the members of a group belong to one server");
  host_ = &session.host();
  if (2 * gaps_ > members_.size()) close_gaps();
  const std::size_t place = place_of(session.id());
  if (place < members_.size() && !members_[place]) {
    ids_[place] = session.id();
    members_[place] = &session;
    --gaps_;
  } else {
    ids_.insert(ids_.begin() + static_cast<std::ptrdiff_t>(place), session.id());
    members_.insert(members_.begin() + static_cast<std::ptrdiff_t>(place), &session);
  }
  session.groups_.insert(this);
  return true;
}

bool GroupCore::leave(Session& session) {
  if (!contains(session)) return false;
  session.groups_.erase(this);
  forget(session);
  return true;
}

bool GroupCore::contains(const Session& session) const { return member(session.id()) == &session; }

Session* GroupCore::member(SessionId id) const {
  const std::size_t place = place_of(id);
  return place < ids_.size() && ids_[place] == id ? members_[place] : nullptr;
}

std::vector<std::int64_t> GroupCore::uids() const {
  std::vector<std::int64_t> uids;
  uids.reserve(count());
  for (const Session* session : members()) uids.push_back(session->uid());
  return uids;
}

void GroupCore::clear() {
  for (Session* session : members()) session->groups_.erase(this);
  members_.clear();
  ids_.clear();
  gaps_ = 0;
}

void GroupCore::forget(Session& session) {
  const std::size_t place = place_of(session.id());
  NANO_ASSERT(place < members_.size() && members_[place] == &session, "a session knows its groups");
  members_[place] = nullptr;
  ++gaps_;
}

std::size_t GroupCore::place_of(SessionId id) const {
  return static_cast<std::size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
}

std::size_t GroupCore::next_member(std::size_t place) const {
  while (place < members_.size() && !members_[place]) ++place;
  return place;
}

Session* GroupCore::Members::operator[](std::size_t place) const {
  if (group_->gaps_ > 0) group_->close_gaps();
  return group_->members_.at(place);
}

GroupCore::Members::operator std::vector<Session*>() const {
  if (group_->gaps_ > 0) group_->close_gaps();
  return group_->members_;
}

void GroupCore::close_gaps() const {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i]) continue;
    ids_[kept] = ids_[i];
    members_[kept++] = members_[i];
  }
  ids_.resize(kept);
  members_.resize(kept);
  gaps_ = 0;
}

void GroupCore::broadcast_bytes(std::string_view route, protocol::ByteView payload,
                                std::string_view latest_key) {
  if (gaps_ > 0) close_gaps();
  if (members_.empty()) return;
  if (!host_->outbound) return broadcast_bytes(members_, route, payload, latest_key);
  const std::vector<Session*> receivers = members_;  // filters may let members leave
  broadcast_bytes(receivers, route, payload, latest_key);
}

/// Who cannot be sent it keeps nobody else from getting it.
void GroupCore::broadcast_bytes(const std::vector<Session*>& receivers, std::string_view route,
                                protocol::ByteView payload, std::string_view latest_key) {
  require_utf8_route(route);
  SessionHost& host = receivers.front()->host();
  if (host.outbound)
    return push_to_each(receivers, latest_key, route, std::string{protocol::as_text(payload)});
  SharedPush push{host, route, payload, latest_key};
  std::size_t missed = 0;
  for (Session* session : receivers) {
    NetworkEntity* const entity = session->entity();
    if (entity && !entity->deliver(push)) ++missed;  // never closes a session on the spot
  }
  if (missed == 0) return;
  throw std::length_error("The push was not made for " + std::to_string(missed) + " of " +
                          std::to_string(receivers.size()) + " sessions, whose gates cannot be sent it.");
}

}  // namespace nano
