// Public header. WorkerPool: threads for work that blocks, so that the logic thread never does.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "nano/base/function.h"
#include "nano/base/limits.h"

namespace nano {

/// Where blocking work runs. Applications reach it through Scheduler::offload(), which brings the result back
/// to the logic thread and carries exceptions over.
class WorkerPool {
 public:
  virtual ~WorkerPool() = default;

  /// Any thread. Runs `job` once, some time, on some thread. Returns false, and has dropped the job, when too
  /// many are waiting already. A job must not throw.
  [[nodiscard]] virtual bool submit(Function<void()> job) = 0;
};

/// A fixed number of threads and one queue.
class ThreadPool final : public WorkerPool {
 public:
  /// Starts `threads` threads; `jobs_max` is how many jobs may wait. Throws std::invalid_argument for 0
  /// threads.
  explicit ThreadPool(std::size_t threads, std::size_t jobs_max = limits::worker_queue_jobs);
  /// Waits for the jobs that are running and drops those that wait, unrun.
  ~ThreadPool() override;

  [[nodiscard]] bool submit(Function<void()> job) override;
  /// Any thread. From here on no job is refused for others that wait: whoever stops wants all done, and waits
  /// for it as long as it can.
  void lift_bound();

 private:
  void work();

  std::mutex mutex_;
  std::size_t jobs_max_;
  std::condition_variable changed_;
  std::deque<Function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

/// Runs each job at once, on the thread that submits it: no threads, always in the same order. For tests and
/// worlds in virtual time.
class InlineWorkers final : public WorkerPool {
 public:
  [[nodiscard]] bool submit(Function<void()> job) override {
    job();
    return true;
  }
};

}  // namespace nano
