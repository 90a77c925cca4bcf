// Public header. Group: a set of sessions that messages are broadcast to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/session/session.h"

namespace nano {

/// What a group is without the types of its messages. Use Group.
class GroupCore {
 public:
  GroupCore() = default;
  GroupCore(const GroupCore&) = delete;
  GroupCore& operator=(const GroupCore&) = delete;
  ~GroupCore() { clear(); }

  /// False if the session is a member already, or closed.
  bool add(Session& session);
  /// False if the session is no member.
  bool leave(Session& session);
  bool contains(const Session& session) const;
  /// The member with this id, or null.
  Session* member(SessionId id) const;
  std::size_t count() const { return members_.size() - gaps_; }
  bool empty() const { return count() == 0; }
  /// In order of session ids, which is the order in which the clients connected. Valid until a member
  /// joins; while it is walked, only the member looked at may leave.
  const std::vector<Session*>& members() const {
    if (gaps_ > 0) close_gaps();
    return members_;
  }
  /// The members' uids, in the order of members(); 0 for those not bound.
  std::vector<std::int64_t> uids() const;
  /// All members leave.
  void clear();

 protected:
  void broadcast_bytes(const std::vector<Session*>& receivers, std::string_view route,
                       protocol::ByteView payload, std::string_view latest_key = {});
  SessionHost& host() const { return *host_; }

 private:
  friend class Session;
  void forget(Session& session);
  std::size_t place_of(SessionId id) const;
  void close_gaps() const;

  SessionHost* host_ = nullptr;  // that of the members, while there are any
  // Side by side and by id. A member that leaves makes a gap, and nobody moves before the members are looked
  // at, so that all may leave at once. A closing session leaves by itself, so none is ever dangling.
  mutable std::vector<SessionId> ids_;
  mutable std::vector<Session*> members_;  // null in a gap
  mutable std::size_t gaps_ = 0;
};

/// A set of sessions of one server. Logic thread only; does not own the sessions: a session that closes is no
/// member any more from that moment. Destroying the group lets all members leave.
class Group final : public GroupCore {
 public:
  /// Pushes to all members. Encoded once, however many they are. Errors as Session::push(); those of single
  /// members, whose gate takes too little, are thrown when all others have been sent it.
  template <class T>
  void broadcast(std::string_view route, const T& payload) {
    if (empty()) return;
    broadcast_bytes(members(), route, host().encode_now(payload));
  }

  /// The same, but with each member a newer one of the same key takes its place while it waits to be written:
  /// see Session::push_latest().
  template <class T>
  void broadcast_latest(std::string_view key, std::string_view route, const T& payload) {
    Session::check_latest_key(key);
    if (empty()) return;
    broadcast_bytes(members(), route, host().encode_now(payload), key);
  }

  /// Pushes to the members for which `wanted(Session&)` is true; still encoded once. `wanted` may close
  /// sessions and let members leave; those that have left when their turn comes are not asked.
  template <class T, class Wanted>
  void multicast(std::string_view route, const T& payload, Wanted&& wanted) {
    std::vector<Session*> receivers;
    for (Session* session : std::vector<Session*>{members()}) {
      if (contains(*session) && wanted(*session)) receivers.push_back(session);
    }
    if (receivers.empty()) return;
    broadcast_bytes(receivers, route, receivers.front()->host().encode_now(payload));
  }
};

}  // namespace nano
