// Public header. Time as the logic sees it: through an interface, so that tests and simulations can move it.
#pragma once

#include <chrono>
#include <ctime>

namespace nano {

using Duration = std::chrono::nanoseconds;
/// Monotonic time; its zero has no meaning.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
/// Time of day (UTC).
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  /// Any thread.
  virtual TimePoint now() const = 0;
  /// Any thread. The same time, up to some milliseconds late, for less: for what is done with each message.
  virtual TimePoint coarse_now() const { return now(); }
  /// Any thread.
  virtual WallTime wall() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  TimePoint coarse_now() const override {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);  // std::chrono::steady_clock is CLOCK_MONOTONIC
    return TimePoint{std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}};
  }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

/// A clock that stands still until told to move. One thread only.
class ManualClock final : public Clock {
 public:
  /// Starts at `wall` (default: 2023-11-14T22:13:20Z, a round number of seconds since 1970).
  explicit ManualClock(WallTime wall = WallTime{std::chrono::seconds{1'700'000'000}}) : wall_(wall) {}

  TimePoint now() const override { return TimePoint{start + elapsed_}; }
  WallTime wall() const override {
    return wall_ + std::chrono::duration_cast<std::chrono::milliseconds>(elapsed_);
  }
  void advance(Duration by) { elapsed_ += by; }

 private:
  // Not zero, as on a machine that has run for a while: times before now can be told.
  static constexpr Duration start = std::chrono::hours{1};

  Duration elapsed_{0};
  WallTime wall_;
};

}  // namespace nano
