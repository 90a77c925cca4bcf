#include "nano/scheduler/local_scheduler.h"

#include <utility>

namespace nano {

FrameScheduler::FrameScheduler(Scheduler& scheduler, Duration interval, std::size_t tasks_max)
    : scheduler_(scheduler),
      tasks_max_(tasks_max),
      alive_(std::make_shared<const bool>(true)),
      timer_(scheduler.every(interval, [this] { run_frame(); })) {}

bool FrameScheduler::schedule(Function<void()> task) {
  scheduler_.assert_logic_thread();
  if (tasks_.size() >= tasks_max_) return false;
  tasks_.push_back(std::move(task));
  return true;
}

void FrameScheduler::run_frame() {
  const std::weak_ptr<const bool> alive = alive_;
  Scheduler& scheduler = scheduler_;
  auto frame = std::exchange(tasks_, {});
  for (Function<void()>& task : frame) {
    scheduler.run_now(std::move(task));
    if (alive.expired()) return;  // a task destroyed this object, and perhaps what the others need
  }
}

}  // namespace nano
