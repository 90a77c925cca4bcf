// Public header. LocalScheduler: lets a component or session choose when its messages are handled.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "nano/base/function.h"
#include "nano/base/limits.h"
#include "nano/scheduler/scheduler.h"

namespace nano {

/// Takes the tasks of a component or session and runs them on the logic thread, in order, when it sees fit.
class LocalScheduler {
 public:
  virtual ~LocalScheduler() = default;

  /// Logic thread. Returns false, and has dropped the task, when too many wait already: the caller answers
  /// with an error.
  [[nodiscard]] virtual bool schedule(Function<void()> task) = 0;
};

/// Collects tasks and runs them in one batch at a fixed rate, as a game's frame loop wants its input. Tasks
/// scheduled by a batch run in the next one. Destroying it drops the tasks that wait, also from within one.
class FrameScheduler final : public LocalScheduler {
 public:
  /// The Scheduler must outlive it. Throws std::invalid_argument unless `interval` is positive.
  FrameScheduler(Scheduler& scheduler, Duration interval,
                 std::size_t tasks_max = limits::local_scheduler_tasks);

  [[nodiscard]] bool schedule(Function<void()> task) override;

 private:
  void run_frame();

  Scheduler& scheduler_;
  const std::size_t tasks_max_;
  std::vector<Function<void()>> tasks_;
  std::shared_ptr<const bool> alive_;
  Timer timer_;
};

}  // namespace nano
