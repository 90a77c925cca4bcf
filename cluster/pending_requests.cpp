#include "cluster/pending_requests.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "protocol/handshake.h"

namespace nano::cluster {

std::uint64_t PendingRequests::add(const void* to, PendingCall call) {
  const std::uint64_t id = ++last_id_;
  requests_.emplace_hint(requests_.end(), id, Request{to, scheduler_.now() + timeout_, std::move(call)});
  if (!timer_.active()) timer_ = scheduler_.after(timeout_, [this] { on_deadline(); });
  return id;
}

std::optional<PendingCall> PendingRequests::take(const void* to, std::uint64_t id) {
  const auto found = requests_.find(id);
  if (found == requests_.end() || found->second.to != to) return std::nullopt;
  std::optional<PendingCall> call{std::move(found->second.call)};
  requests_.erase(found);
  return call;
}

bool PendingRequests::settle(const void* to, std::uint64_t id, std::string_view payload, bool is_error) {
  std::optional<PendingCall> call = take(to, id);
  if (!call) return false;
  if (is_error) {
    const auto error = protocol::parse_error(protocol::as_bytes(payload));
    call->fail(error ? Error{error->code, error->msg} : Error{Errc::internal, "The service failed."});
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
  std::vector<PendingCall> failed;  // out of the table first: who hears of it may ask again
  for (auto entry = requests_.begin(); entry != requests_.end();) {
    const auto current = entry++;
    if (current->second.to != to) continue;
    failed.push_back(std::move(current->second.call));
    requests_.erase(current);
  }
  for (PendingCall& call : failed) call.fail(error);
}

bool PendingRequests::any(const void* to) const {
  for (const auto& [id, request] : requests_) {
    if (request.to == to) return true;
  }
  return false;
}

void PendingRequests::on_deadline() {
  while (!requests_.empty() && requests_.begin()->second.deadline <= scheduler_.now()) {
    PendingCall call = std::move(requests_.begin()->second.call);
    requests_.erase(requests_.begin());
    call.fail({Errc::timeout, "The service did not answer in time."});
  }
  if (requests_.empty()) return;
  timer_ = scheduler_.after(requests_.begin()->second.deadline - scheduler_.now(), [this] { on_deadline(); });
}

}  // namespace nano::cluster
