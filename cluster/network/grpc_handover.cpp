#include "cluster/network/grpc_handover.h"

#include <utility>

namespace nano::cluster {

bool GrpcHandover::closing() const {
  const std::lock_guard lock{mutex_};
  return closing_;
}

bool GrpcHandover::add(std::shared_ptr<GrpcCall> call) {
  const std::lock_guard lock{mutex_};
  GrpcCall* const key = call.get();
  calls_.emplace(key, std::move(call));
  return !closing_;
}

void GrpcHandover::report(GrpcCall& call, Report what, grpc::Slice message) {
  Entry entry{call.shared_from_this(), what, std::move(message)};
  const std::lock_guard lock{mutex_};
  // The call is still in the table, so dropping the entry does not destroy it here.
  if (!closing_) append(std::move(entry));
}

void GrpcHandover::end(GrpcCall& call) {
  const std::lock_guard lock{mutex_};
  const auto found = calls_.find(&call);
  append({std::move(found->second), Report::ended, {}});
  calls_.erase(found);
  if (calls_.empty()) all_ended_.notify_all();
}

void GrpcHandover::append(Entry entry) {
  reported_.push_back(std::move(entry));
  // Within the lock, because after close() there may be no scheduler.
  if (!std::exchange(posted_, true) && !closing_) post();
}

void GrpcHandover::post() {
  scheduler_.post([self = shared_from_this()] { self->drain(); });
}

void GrpcHandover::drain() {
  if (handled_ == batch_.size()) {
    batch_.clear();
    handled_ = 0;
    const std::lock_guard lock{mutex_};
    if (closing_) return;
    batch_.swap(reported_);
    posted_ = false;
  }
  try {
    handle_all();
  } catch (...) {
    // The scheduler logs it; what came after it has its turn.
    if (handled_ < batch_.size()) post();
    throw;
  }
}

void GrpcHandover::handle_all() {
  // Calls may end this whole network: close() empties the batch.
  while (handled_ < batch_.size()) {
    const Entry entry = std::move(batch_[handled_++]);
    switch (entry.what) {
      case Report::opened: entry.call->opened(); break;
      case Report::message: entry.call->message(entry.message); break;
      case Report::read_all: entry.call->read_all(); break;
      case Report::ended: entry.call->ended(); break;
    }
  }
}

void GrpcHandover::abort_all() {
  std::vector<std::shared_ptr<GrpcCall>> calls;
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    calls.reserve(calls_.size());
    for (const auto& [key, call] : calls_) calls.push_back(call);
  }
  for (const auto& call : calls) call->abort();
}

void GrpcHandover::close() {
  abort_all();
  std::vector<Entry> dropped;
  {
    std::unique_lock lock{mutex_};
    all_ended_.wait(lock, [&] { return calls_.empty(); });
    dropped.swap(reported_);
  }
  batch_.clear();
  handled_ = 0;
}

}  // namespace nano::cluster
