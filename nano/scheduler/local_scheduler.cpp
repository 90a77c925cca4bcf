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
  const bool under_way = frame_tasks_ > 0;
  frame_tasks_ = tasks_.size();
  if (!under_way && frame_tasks_ > 0) run_some();
}

void FrameScheduler::run_some() {
  const std::weak_ptr<const bool> alive = alive_;
  Scheduler& scheduler = scheduler_;
  const TimePoint until = scheduler.noted_at() + limits::round_time;
  do {
    Function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    --frame_tasks_;
    scheduler.run_now(std::move(task));
    if (alive.expired()) return;  // a task destroyed this object, and perhaps what the others need
  } while (frame_tasks_ > 0 && scheduler.noted_at() < until);
  if (frame_tasks_ == 0) return;
  scheduler.post([this, alive] {
    if (!alive.expired()) run_some();
  });
}

}  // namespace nano
