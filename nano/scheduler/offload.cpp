#include "nano/scheduler/offload.h"

#include "nano/scheduler/scheduler.h"

namespace nano {

std::optional<std::list<OffloadGate::Inside>::iterator> OffloadGate::enter(const Inside& call) {
  const std::lock_guard lock{mutex_};
  if (closed_) return std::nullopt;
  return inside_.insert(inside_.end(), call);
}

void OffloadGate::leave_alone(const OffloadState& call) {
  const std::lock_guard lock{mutex_};
  for (Inside& inside : inside_) {
    if (inside.call == &call) inside.alone = true;
  }
}

std::vector<WorkName> OffloadGate::alone() const {
  const std::lock_guard lock{mutex_};
  std::vector<WorkName> names;
  for (const Inside& inside : inside_) {
    if (inside.alone) names.push_back(inside.name);
  }
  return names;
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
  gate_ = gate;
  return workers.submit([self = shared_from_this(), &scheduler, gate = std::move(gate)]() mutable {
    const auto place = gate->enter({self->work_, scheduler.clock().now(), self.get()});
    if (!place) return;
    const bool begun = self->pass(Phase::begun);
    if (begun) self->call();
    gate->leave(*place, [&] {
      if (!begun) return;
      // The worker's share goes along, so that the callable and its result end on the logic thread.
      scheduler.post([&scheduler, call = std::move(self)] {
        if (!call->waiting_) return;
        scheduler.note(call->work_);
        std::exchange(call->waiting_, nullptr).resume();
      });
    });
  });
}

void OffloadState::abandon() {
  const bool waited = std::exchange(waiting_, nullptr) != nullptr;
  if (pass(Phase::abandoned)) return drop();
  if (waited) gate_->leave_alone(*this);
}

bool OffloadState::pass(Phase to) {
  Phase from = Phase::waiting;
  return phase_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
}

}  // namespace nano
