// Internal header. UnaryQueue: calls to one node of Go Nano, in order for each session.
#pragma once

#include <cstddef>
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
  /// No more requests should be made.
  bool full() const;
  /// Whether a push or an answer of that many bytes should be sent.
  bool has_room(std::size_t bytes) const;
  bool empty() const { return waiting_.empty(); }
  Channel& channel() { return *channel_; }

 private:
  struct Call {
    std::string_view method;
    std::string request;
    CallDone done;
  };

  void make_next(SessionId session);
  void on_done(SessionId session, CallOutcome outcome);

  std::unique_ptr<Channel> channel_;
  std::map<SessionId, std::deque<Call>> waiting_;  // the first of each is under way
  std::size_t waiting_bytes_ = 0;
};

}  // namespace nano::cluster
