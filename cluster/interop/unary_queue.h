// Internal header. UnaryQueue: calls to one node of Go Nano, in order for each session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "cluster/network/network.h"
#include "nano/session/session_table.h"

namespace nano::cluster {

/// Go Nano's nodes speak in unary calls, which may overtake each other; so those of one session are made one
/// after the other, and those of different sessions at the same time. Logic thread only.
class UnaryQueue {
 public:
  explicit UnaryQueue(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}

  /// `method` is one of the constants of messages.h. `done` is called with the outcome, not before this
  /// returns; never once the queue is destroyed.
  void call(SessionId session, std::string_view method, std::string request, CallDone done);
  /// As call(), for what somebody may give up: under this id, which is not 0.
  void request(SessionId session, std::uint64_t id, std::string_view method, std::string request,
               CallDone done);
  /// The session's calls that have not begun are not made, and their `done` is not called.
  void drop(SessionId session);
  /// The same, but for the last one.
  void skip_to_last(SessionId session);
  /// The same with the requests for whose id `is_given_up` says so.
  template <class IsGivenUp>
  void drop_requests(const IsGivenUp& is_given_up) {
    for (auto entry = waiting_.begin(); entry != waiting_.end(); ++entry) {
      drop_if(entry->second, [&](const Call& call) { return call.id != 0 && is_given_up(call.id); });
    }
  }
  /// No more requests should be made.
  bool full() const;
  /// Whether a push or an answer of that many bytes should be sent.
  bool has_room(std::size_t bytes) const;
  bool empty() const { return waiting_.empty(); }
  Channel& channel() { return *channel_; }

 private:
  struct Call {
    std::uint64_t id;  // 0: not to be given up
    std::string_view method;
    std::string request;
    CallDone done;

    std::size_t bytes() const;
  };
  using Calls = std::deque<Call>;

  void add(SessionId session, Call call);
  template <class Which>
  void drop_if(Calls& calls, const Which& which);
  void make_next(SessionId session);
  void on_done(SessionId session, CallOutcome outcome);

  std::unique_ptr<Channel> channel_;
  std::map<SessionId, Calls> waiting_;  // the first of each is under way
  std::size_t waiting_bytes_ = 0;
};

/// All but the first one, which is under way.
template <class Which>
void UnaryQueue::drop_if(Calls& calls, const Which& which) {
  const auto kept = std::remove_if(calls.begin() + 1, calls.end(), [&](const Call& call) {
    if (!which(call)) return false;
    waiting_bytes_ -= call.bytes();
    return true;
  });
  calls.erase(kept, calls.end());
}

}  // namespace nano::cluster
