// Internal header. BusyCount: how many connections a stop waits for.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "nano/base/clock.h"

namespace nano {

/// Any thread.
class BusyCount {
 public:
  void enter() { count_.fetch_add(1, std::memory_order_relaxed); }
  void leave() {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::lock_guard lock{mutex_};
    none_.notify_all();
  }
  std::size_t count() const { return count_.load(std::memory_order_acquire); }

  /// Waits until there are none, no longer than that; returns how many there are.
  std::size_t wait_for_none(Duration timeout) {
    std::unique_lock lock{mutex_};
    none_.wait_for(lock, timeout, [this] { return count() == 0; });
    return count();
  }

 private:
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::condition_variable none_;
};

}  // namespace nano
