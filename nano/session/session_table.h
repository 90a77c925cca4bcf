// Internal header. The open sessions of one server, by id and by user.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace nano {

class Session;
using SessionId = std::uint64_t;
using SessionPtr = std::shared_ptr<Session>;

/// Logic thread only. Ordered by id, which is the order of connecting: whoever walks it does so in the same
/// order in each run.
class SessionTable {
  using Users = std::multimap<std::int64_t, SessionId>;  // of one uid in the order of binding

 public:
  /// That a session is bound to a user.
  using Binding = Users::iterator;

  /// A new id: the gate's number in the upper 32 bits, a counter in the lower. An id comes again only after
  /// 2^32 others, and never while its session is open.
  SessionId next_id() {
    SessionId id;
    do {
      id = (SessionId{gate_number_} << 32) | ++last_counter_;
    } while (sessions_.contains(id));
    return id;
  }
  void set_gate_number(std::uint32_t number) { gate_number_ = number; }

  void insert(SessionId id, SessionPtr session) {
    sessions_.emplace_hint(sessions_.end(), id, std::move(session));
  }
  void erase(SessionId id) { sessions_.erase(id); }
  /// Null if there is no such session.
  SessionPtr find(SessionId id) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second;
  }
  /// The sessions that are bound to the user, in the order of binding.
  std::vector<SessionPtr> find_user(std::int64_t uid) const {
    std::vector<SessionPtr> bound;
    for (auto [entry, end] = users_.equal_range(uid); entry != end; ++entry) {
      bound.push_back(find(entry->second));
    }
    return bound;
  }
  /// To be taken back once, by unbind().
  Binding bind(SessionId id, std::int64_t uid) { return users_.emplace(uid, id); }
  void unbind(Binding binding) { users_.erase(binding); }
  std::size_t size() const { return sessions_.size(); }
  auto begin() const { return sessions_.begin(); }
  auto end() const { return sessions_.end(); }

 private:
  std::uint32_t gate_number_ = 0;
  std::uint32_t last_counter_ = 0;
  std::map<SessionId, SessionPtr> sessions_;
  Users users_;
};

}  // namespace nano
