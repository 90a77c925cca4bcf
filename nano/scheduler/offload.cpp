#include "nano/scheduler/offload.h"

#include "nano/scheduler/scheduler.h"

namespace nano {

std::optional<std::list<OffloadGate::Inside>::iterator> OffloadGate::enter(const Inside& call) {
  const std::lock_guard lock{mutex_};
  if (closed_) return std::nullopt;
  return inside_.insert(inside_.end(), call);
}

void OffloadGate::leave(std::list<Inside>::iterator place) {
  const std::lock_guard lock{mutex_};
  inside_.erase(place);
  if (inside_.empty()) left_.notify_all();
}

std::optional<OffloadGate::Inside> OffloadGate::oldest() const {
  const std::lock_guard lock{mutex_};
  return inside_.empty() ? std::nullopt : std::optional{inside_.front()};
}

std::size_t OffloadGate::inside() const {
  const std::lock_guard lock{mutex_};
  return inside_.size();
}

void OffloadGate::close() {
  std::unique_lock lock{mutex_};
  closed_ = true;
  left_.wait(lock, [this] { return inside_.empty(); });
}

bool OffloadState::start(Scheduler& scheduler, WorkerPool& workers, std::shared_ptr<OffloadGate> gate,
                         std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  work_ = scheduler.work();
  return workers.submit([self = shared_from_this(), &scheduler, gate = std::move(gate)]() mutable {
    const auto place = gate->enter({self->work_, scheduler.now()});
    if (!place) return;
    if (self->pass(Phase::begun)) {
      self->call();
      // The worker's share goes along, so that the callable and its result end on the logic thread.
      scheduler.post([&scheduler, call = std::move(self)] {
        if (!call->waiting_) return;
        scheduler.note(call->work_);
        call->waiting_.resume();
      });
    }
    gate->leave(*place);
  });
}

void OffloadState::abandon() {
  waiting_ = nullptr;
  if (pass(Phase::abandoned)) drop();
}

bool OffloadState::pass(Phase to) {
  Phase from = Phase::waiting;
  return phase_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
}

}  // namespace nano
