// Internal header. Schedule: when each message of an open loop is meant to leave, and on which connection.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "benchmark/load/loop.h"

namespace nano::benchmark {

/// The messages are numbered from 0 on. Does not change; any thread.
class Schedule {
 public:
  /// `rate` messages a second at equal distances, on the connections in turn.
  static Schedule at_rate(LoadClock::time_point start, double rate, std::size_t connections) {
    const double period_ns = 1e9 / rate * static_cast<double>(connections);
    Schedule schedule{start, period_ns};
    for (std::size_t i = 0; i < connections; ++i) {
      schedule.offsets_ns_.push_back(period_ns * static_cast<double>(i) / static_cast<double>(connections));
    }
    return schedule;
  }

  /// Each connection sends once in each interval, at a place in it that is drawn at random.
  static Schedule at_random(LoadClock::time_point start, LoadClock::duration interval,
                            std::size_t connections, std::uint64_t seed) {
    Schedule schedule{start, static_cast<double>(std::chrono::nanoseconds{interval}.count())};
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> place{0, schedule.period_ns_};
    for (std::size_t i = 0; i < connections; ++i) schedule.offsets_ns_.push_back(place(random));
    std::sort(schedule.offsets_ns_.begin(), schedule.offsets_ns_.end());
    return schedule;
  }

  LoadClock::time_point at(std::uint64_t message) const {
    const auto periods = static_cast<double>(message / offsets_ns_.size());
    const double ns = periods * period_ns_ + offsets_ns_[message % offsets_ns_.size()];
    return start_ + std::chrono::nanoseconds{static_cast<std::int64_t>(ns)};
  }

  std::size_t connection_of(std::uint64_t message) const { return message % offsets_ns_.size(); }

  /// The number of the first message that is not before start + `seconds`; so many are before.
  std::uint64_t count_before(double seconds) const {
    const double periods = std::max(seconds * 1e9 / period_ns_ - 1, 0.0);
    auto message = static_cast<std::uint64_t>(periods) * offsets_ns_.size();
    while (at(message) < start_ + seconds_of(seconds)) message += 1;
    return message;
  }

 private:
  Schedule(LoadClock::time_point start, double period_ns) : start_(start), period_ns_(period_ns) {}

  LoadClock::time_point start_;
  double period_ns_;                // in which each connection sends once
  std::vector<double> offsets_ns_;  // of each connection's message in the period, ascending
};

}  // namespace nano::benchmark
