// Internal header. PendingRequests: what this node asked others, until they answer or it is given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "nano/scheduler/scheduler.h"
#include "nano/session/call.h"

namespace nano::cluster {

/// Each is answered once: by the other node, when that one or who asked is lost, or when the time is up.
/// Logic thread only.
class PendingRequests {
 public:
  /// The scheduler must outlive this.
  PendingRequests(Scheduler& scheduler, Duration timeout) : scheduler_(scheduler), timeout_(timeout) {}

  /// `to` stands for the node that was asked. Returns the request's id: never 0, unique on this node.
  std::uint64_t add(const void* to, CallPtr call);
  /// Null if that node is not asked (any more) under this id.
  CallPtr take(const void* to, std::uint64_t id);
  /// Answers it with what that node sent: a payload, or an error document. False: as take().
  bool settle(const void* to, std::uint64_t id, std::string_view payload, bool is_error);
  void fail_all(const void* to, const Error& error);
  /// Those of sessions that are closed by then are given up soon. (So are, in a second, calls of coroutines
  /// that wait no more.)
  void on_session_ended();
  bool any(const void* to) const;
  /// Whether it has yet to be answered or given up.
  bool waits(std::uint64_t id) const { return requests_.contains(id); }
  std::size_t size() const { return requests_.size(); }

 private:
  struct Request {
    const void* to;
    TimePoint deadline;
    CallPtr call;
  };

  void on_deadline();
  void sweep();
  void sweep_after(Duration delay);
  template <class Which>
  std::vector<CallPtr> extract(const Which& which);

  Scheduler& scheduler_;
  const Duration timeout_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Request> requests_;  // by id, which is also the order of their deadlines
  Timer timer_;                                // for the first of them, or an earlier one
  Timer sweep_;
  TimePoint sweep_due_{};
};

}  // namespace nano::cluster
