#include "cluster/interop/unary_queue.h"

#include <utility>

#include "cluster/network/limits.h"
#include "nano/base/limits.h"

namespace nano::cluster {

bool UnaryQueue::full() const { return waiting_bytes_ >= limits::link_queue_bytes; }

bool UnaryQueue::has_room(std::size_t bytes) const {
  return waiting_bytes_ + bytes <= limits::link_queue_bytes_max;
}

std::size_t UnaryQueue::Call::bytes() const { return request.size() + nano::limits::message_overhead_bytes; }

void UnaryQueue::call(SessionId session, std::string_view method, std::string request, CallDone done) {
  add(session, {0, method, std::move(request), std::move(done)});
}

void UnaryQueue::request(SessionId session, std::uint64_t id, std::string_view method, std::string request,
                         CallDone done) {
  add(session, {id, method, std::move(request), std::move(done)});
}

void UnaryQueue::add(SessionId session, Call call) {
  waiting_bytes_ += call.bytes();
  Calls& calls = waiting_[session];
  calls.push_back(std::move(call));
  if (calls.size() == 1) make_next(session);
}

void UnaryQueue::drop(SessionId session) {
  const auto found = waiting_.find(session);
  if (found != waiting_.end()) drop_if(found->second, [](const Call&) { return true; });
}

void UnaryQueue::skip_to_last(SessionId session) {
  const auto found = waiting_.find(session);
  if (found == waiting_.end()) return;
  const Call* const last = &found->second.back();
  drop_if(found->second, [last](const Call& call) { return &call != last; });
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
  waiting_bytes_ -= call.bytes();
  if (found->second.empty()) {
    waiting_.erase(found);
  } else {
    make_next(session);
  }
  call.done(std::move(outcome));
}

}  // namespace nano::cluster
