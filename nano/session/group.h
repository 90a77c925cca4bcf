// Public header. Group: a set of sessions that messages are broadcast to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nano/session/session.h"

namespace nano {

/// What a group is without the types of its messages. Use Group.
class GroupCore {
 public:
  class Members;

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
  /// In order of session ids, which is the order in which the clients connected. To be walked while the group
  /// lives: members may join and leave meanwhile, and the group may be sent to. Who leaves before its turn is
  /// not met.
  Members members() const;
  /// The members' uids, in the order of members(); 0 for those not bound.
  std::vector<std::int64_t> uids() const;
  /// All members leave.
  void clear();

 protected:
  /// To all members.
  void broadcast_bytes(std::string_view route, protocol::ByteView payload, std::string_view latest_key = {});
  void broadcast_bytes(const std::vector<Session*>& receivers, std::string_view route,
                       protocol::ByteView payload, std::string_view latest_key = {});
  SessionHost& host() const { return *host_; }

 private:
  friend class Session;
  void forget(Session& session);
  std::size_t place_of(SessionId id) const;
  std::size_t next_member(std::size_t place) const;
  void close_gaps() const;

  SessionHost* host_ = nullptr;  // that of the members, while there are any
  // Side by side and by id. A member that leaves makes a gap, and nobody moves before the members are looked
  // at, so that all may leave at once. A closing session leaves by itself, so none is ever dangling.
  mutable std::vector<SessionId> ids_;
  mutable std::vector<Session*> members_;  // null in a gap
  mutable std::size_t gaps_ = 0;
};

/// The members of a group, at the time when they are looked at.
class GroupCore::Members {
 public:
  /// Knows the member that it has come to by its id, so that others may move meanwhile. Each member is met
  /// once.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Session*;
    using difference_type = std::ptrdiff_t;
    using pointer = Session* const*;
    using reference = Session*;

    Iterator() = default;
    Session* operator*() const { return session_; }
    Iterator& operator++() {
      const bool moved = place_ >= group_->ids_.size() || group_->ids_[place_] != id_;
      go_to(moved ? group_->place_of(id_ + 1) : place_ + 1);
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& left, const Iterator& right) {
      return left.session_ == right.session_;  // null at the end
    }

   private:
    friend class Members;
    explicit Iterator(const GroupCore& group) : group_(&group) { go_to(0); }
    void go_to(std::size_t place) {
      place_ = group_->next_member(place);
      const bool at_end = place_ == group_->members_.size();
      session_ = at_end ? nullptr : group_->members_[place_];
      if (!at_end) id_ = group_->ids_[place_];
    }

    const GroupCore* group_ = nullptr;
    std::size_t place_ = 0;
    SessionId id_ = 0;
    Session* session_ = nullptr;
  };

  using value_type = Session*;
  using const_iterator = Iterator;
  using iterator = Iterator;

  Iterator begin() const { return Iterator{*group_}; }
  Iterator end() const { return {}; }
  std::size_t size() const { return group_->count(); }
  bool empty() const { return group_->empty(); }
  /// Throws std::out_of_range.
  Session* operator[](std::size_t place) const;
  /// A list that stays as it is now. Sessions that close live to the turn's end.
  operator std::vector<Session*>() const;  // NOLINT(google-explicit-constructor): it is one

 private:
  friend class GroupCore;
  explicit Members(const GroupCore& group) : group_(&group) {}

  const GroupCore* group_;
};

inline GroupCore::Members GroupCore::members() const {
  if (gaps_ > 0) close_gaps();
  return Members{*this};
}

/// A set of sessions of one server. Logic thread only; does not own the sessions: a session that closes is no
/// member any more from that moment. Destroying the group lets all members leave.
class Group final : public GroupCore {
 public:
  /// Pushes to all members. Encoded once, however many they are. Errors as Session::push(); those of single
  /// members, whose gate takes too little, are thrown when all others have been sent it.
  template <class T>
  void broadcast(std::string_view route, const T& payload) {
    if (!empty()) broadcast_bytes(route, host().encode_now(payload));
  }

  /// The same, but with each member a newer one of the same key takes its place while it waits to be written:
  /// see Session::push_latest().
  template <class T>
  void broadcast_latest(std::string_view key, std::string_view route, const T& payload) {
    Session::check_latest_key(key);
    if (!empty()) broadcast_bytes(route, host().encode_now(payload), key);
  }

  /// Pushes to the members for which `wanted(Session&)` is true; still encoded once. `wanted` may close
  /// sessions and let members leave; those that have left when their turn comes are not asked.
  template <class T, class Wanted>
  void multicast(std::string_view route, const T& payload, Wanted&& wanted) {
    std::vector<Session*> receivers;
    for (Session* session : members()) {
      if (wanted(*session)) receivers.push_back(session);
    }
    if (receivers.empty()) return;
    broadcast_bytes(receivers, route, receivers.front()->host().encode_now(payload));
  }
};

}  // namespace nano
