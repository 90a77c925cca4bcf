#include "cluster/session/pending_requests.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "cluster/network/limits.h"
#include "nano/session/session.h"
#include "protocol/handshake.h"

namespace nano::cluster {

std::uint64_t PendingRequests::add(const void* to, CallPtr call) {
  const std::uint64_t id = ++last_id_;
  requests_.emplace_hint(requests_.end(), id, Request{to, scheduler_.listened() + timeout_, std::move(call)});
  if (!timer_.active()) timer_ = scheduler_.after_listening(timeout_, [this] { on_deadline(); });
  if (!sweep_.active()) sweep_after(limits::abandoned_requests_interval);
  return id;
}

CallPtr PendingRequests::take(const void* to, std::uint64_t id) {
  const auto found = requests_.find(id);
  if (found == requests_.end() || found->second.to != to) return nullptr;
  CallPtr call = std::move(found->second.call);
  requests_.erase(found);
  return call;
}

bool PendingRequests::settle(const void* to, std::uint64_t id, std::string_view payload, bool is_error) {
  const CallPtr call = take(to, id);
  if (!call) return false;
  if (is_error) {
    const auto error = protocol::parse_error(protocol::as_bytes(payload));
    call->fail(error ? *error : Error{Errc::internal, "The service failed."});
    return true;
  }
  try {
    call->answer_bytes(protocol::as_bytes(payload));
  } catch (const std::length_error& failure) {
    call->fail({Errc::internal, failure.what()});
  }
  return true;
}

void PendingRequests::fail_all(const void* to, const Error& error) {
  for (const CallPtr& call : extract([to](const Request& request) { return request.to == to; })) {
    call->fail(error);
  }
}

void PendingRequests::on_session_ended() {
  if (!requests_.empty()) sweep_after(limits::closed_session_requests_kept);
}

/// Out of the table first: who hears of it may ask again.
template <class Which>
std::vector<CallPtr> PendingRequests::extract(const Which& which) {
  std::vector<CallPtr> calls;
  for (auto entry = requests_.begin(); entry != requests_.end();) {
    const auto current = entry++;
    if (!which(current->second)) continue;
    calls.push_back(std::move(current->second.call));
    requests_.erase(current);
  }
  return calls;
}

/// Asked of all at once, not of those of each session that ends: so a thousand that end together cost one
/// walk.
void PendingRequests::sweep() {
  const auto is_over = [](const Request& request) {
    const Session* const session = request.call->session();
    return !request.call->open() || (session && session->closed()) || request.call->abandoned();
  };
  for (const CallPtr& call : extract(is_over)) call->fail({Errc::unavailable, "The session has closed."});
  sweep_due_ = {};
  if (!requests_.empty()) sweep_after(limits::abandoned_requests_interval);
}

/// Or earlier, if it is due then.
void PendingRequests::sweep_after(Duration delay) {
  const TimePoint due = scheduler_.now() + delay;
  if (sweep_.active() && sweep_due_ <= due) return;
  sweep_due_ = due;
  sweep_ = scheduler_.after(delay, [this] { sweep(); });
}

bool PendingRequests::any(const void* to) const {
  for (const auto& [id, request] : requests_) {
    if (request.to == to) return true;
  }
  return false;
}

void PendingRequests::on_deadline() {
  while (!requests_.empty() && requests_.begin()->second.deadline <= scheduler_.listened()) {
    const CallPtr call = std::move(requests_.begin()->second.call);
    requests_.erase(requests_.begin());
    call->fail({Errc::timeout, "The service did not answer in time."});
  }
  if (requests_.empty()) return;
  const Duration left = requests_.begin()->second.deadline - scheduler_.listened();
  timer_ = scheduler_.after_listening(left, [this] { on_deadline(); });
}

}  // namespace nano::cluster
