// Public header. LocalScheduler: lets a component or session choose when its messages are handled.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>

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
/// scheduled by a batch run in the next one. A batch that takes longer than limits::round_time goes on in the
/// next turn, so that other components and clients have theirs; its order stays. Destroying it drops the
/// tasks that wait, also from within one.
class FrameScheduler final : public LocalScheduler {
 public:
  /// The Scheduler must outlive it. Throws std::invalid_argument unless `interval` is positive.
  FrameScheduler(Scheduler& scheduler, Duration interval,
                 std::size_t tasks_max = limits::local_scheduler_tasks);

  [[nodiscard]] bool schedule(Function<void()> task) override;

 private:
  void run_frame();
  void run_some();

  Scheduler& scheduler_;
  const std::size_t tasks_max_;
  std::deque<Function<void()>> tasks_;
  std::size_t frame_tasks_ = 0;  // those at the front that belong to the frame under way
  std::shared_ptr<const bool> alive_;
  Timer timer_;
};

}  // namespace nano
