// Public header. Driver: how the logic thread sleeps when it has nothing to do, and what wakes it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

#include "nano/base/clock.h"

namespace nano {

/// The logic thread's place to wait. A driver may do work of its own there, as the I/O loop does when there
/// are no I/O threads. One driver serves one Scheduler.
class Driver {
 public:
  virtual ~Driver() = default;

  /// Logic thread. Returns after wake() was called (also when that happened before this call), when `until`
  /// has come (nothing: no time limit; a time that has passed: look for own work, don't sleep), or after it
  /// ran handlers of its own; it may return early for no reason. Handlers run on this thread, as logic; they
  /// may post() without a wake(), because the scheduler looks at its queue after every wait().
  virtual void wait(std::optional<TimePoint> until) = 0;

  /// Any thread. Makes the current wait(), or else the next one, return.
  virtual void wake() = 0;
};

/// Sleeps on a condition variable; for a logic thread without I/O of its own. Goes by the steady clock: only
/// for schedulers with a SystemClock.
class ParkingDriver final : public Driver {
 public:
  void wait(std::optional<TimePoint> until) override;
  void wake() override;

 private:
  std::mutex mutex_;
  std::condition_variable wakened_;
  bool awake_ = false;
};

/// Never sleeps; for tests and worlds in virtual time, which call Scheduler::run_ready() and move the clock.
class ManualDriver final : public Driver {
 public:
  void wait(std::optional<TimePoint>) override {}
  void wake() override { wakes_.fetch_add(1, std::memory_order_relaxed); }
  /// Any thread. How often wake() was called.
  std::size_t wakes() const { return wakes_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> wakes_{0};
};

}  // namespace nano
