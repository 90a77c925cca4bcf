#include "nano/scheduler/offload.h"

#include "nano/scheduler/scheduler.h"

namespace nano {

bool OffloadGate::enter() {
  const std::lock_guard lock{mutex_};
  if (closed_) return false;
  ++inside_;
  return true;
}

void OffloadGate::leave() {
  const std::lock_guard lock{mutex_};
  if (--inside_ == 0) left_.notify_all();
}

std::size_t OffloadGate::inside() const {
  const std::lock_guard lock{mutex_};
  return inside_;
}

void OffloadGate::close() {
  std::unique_lock lock{mutex_};
  closed_ = true;
  left_.wait(lock, [this] { return inside_ == 0; });
}

bool OffloadState::start(Scheduler& scheduler, WorkerPool& workers, std::shared_ptr<OffloadGate> gate,
                         std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  return workers.submit([self = shared_from_this(), &scheduler, gate = std::move(gate)]() mutable {
    if (!gate->enter()) return;
    if (self->pass(Phase::begun)) {
      self->call();
      // The worker's share goes along, so that the callable and its result end on the logic thread.
      scheduler.post([call = std::move(self)] {
        if (call->waiting_) call->waiting_.resume();
      });
    }
    gate->leave();
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
