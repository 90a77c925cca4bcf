#include "cluster/unary_queue.h"

#include <utility>

#include "cluster/network/limits.h"
#include "nano/base/limits.h"

namespace nano::cluster {

bool UnaryQueue::full() const { return waiting_bytes_ >= limits::link_queue_bytes; }

bool UnaryQueue::has_room(std::size_t bytes) const {
  return waiting_bytes_ + bytes <= limits::link_queue_bytes_max;
}

void UnaryQueue::call(SessionId session, std::string_view method, std::string request, CallDone done) {
  waiting_bytes_ += request.size() + nano::limits::message_overhead_bytes;
  std::deque<Call>& calls = waiting_[session];
  calls.push_back({method, std::move(request), std::move(done)});
  if (calls.size() == 1) make_next(session);
}

void UnaryQueue::make_next(SessionId session) {
  const Call& next = waiting_.at(session).front();
  channel_->call(next.method, next.request, limits::unary_call_timeout,
                 [this, session](CallOutcome outcome) { on_done(session, std::move(outcome)); });
}

void UnaryQueue::on_done(SessionId session, CallOutcome outcome) {
  const auto found = waiting_.find(session);
  Call call = std::move(found->second.front());
  found->second.pop_front();
  waiting_bytes_ -= call.request.size() + nano::limits::message_overhead_bytes;
  if (found->second.empty()) {
    waiting_.erase(found);
  } else {
    make_next(session);
  }
  call.done(std::move(outcome));
}

}  // namespace nano::cluster
