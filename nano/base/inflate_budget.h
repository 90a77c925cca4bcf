// Internal header. InflateBudget: what it may cost to inflate what clients send.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>

#include "nano/base/clock.h"
#include "nano/base/limits.h"

namespace nano {

/// What the compressed payloads of one client, or of all, may cost. Up to limits::inflate_ratio bytes for
/// each that was sent are free; what is more is paid from an allowance that grows with time. It may be
/// overdrawn by one payload for each thread: only inflating tells how large that is. Any thread, all by one
/// clock.
class InflateBudget {
 public:
  /// `bytes_per_second`, positive: the allowance, which is saved up for one second at most.
  explicit InflateBudget(std::size_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  static std::size_t free_bytes(std::size_t deflated_bytes) { return deflated_bytes * limits::inflate_ratio; }

  /// How long the next payload has to wait; zero: not at all.
  Duration wait(TimePoint now) const {
    return std::max(paid_until_.load(std::memory_order_relaxed) - now - std::chrono::seconds{1},
                    Duration::zero());
  }

  /// How many bytes a payload may inflate to, `bytes_max` at the most: those that are free, when nothing is
  /// left.
  std::size_t allowed(TimePoint now, std::size_t deflated_bytes, std::size_t bytes_max) const {
    const bool only_free = wait(now) > Duration::zero();
    return only_free ? std::min(free_bytes(deflated_bytes), bytes_max) : bytes_max;
  }

  void spend(TimePoint now, std::size_t deflated_bytes, std::size_t inflated_bytes) {
    const std::size_t free = free_bytes(deflated_bytes);
    if (inflated_bytes <= free) return;
    const std::chrono::duration<double> seconds{static_cast<double>(inflated_bytes - free) /
                                                static_cast<double>(bytes_per_second_)};
    const Duration paid = std::chrono::duration_cast<Duration>(seconds);
    TimePoint until = paid_until_.load(std::memory_order_relaxed);
    while (
        !paid_until_.compare_exchange_weak(until, std::max(until, now) + paid, std::memory_order_relaxed)) {
    }
  }

 private:
  std::size_t bytes_per_second_;
  std::atomic<TimePoint> paid_until_{TimePoint{}};
};

}  // namespace nano
