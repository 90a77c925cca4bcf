// Internal header. How well the pond keeps its rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "examples/tadpole/messages.h"
#include "nano/base/clock.h"

namespace tadpole {

/// Measures ticks: how long they take and how late they begin. Keeps the last ones only.
class TickMeter {
 public:
  static constexpr std::size_t ticks_kept = 600;  // half a minute at 20 Hz

  /// Ticks are due each `interval` from `now` on, the first after one.
  void start(nano::TimePoint now, nano::Duration interval);
  void begin(nano::TimePoint now);
  /// Without effect unless a tick has begun.
  void end(nano::TimePoint now);

  /// Fills in what is measured; zeros as long as there is nothing. Not the visitors and the wanted rate.
  void report(Stats& stats) const;

 private:
  struct Tick {
    nano::TimePoint began;
    nano::Duration lateness;
    nano::Duration work;
  };

  nano::Duration interval_{};
  nano::TimePoint due_{};
  std::int64_t ticks_ = 0;
  bool open_ = false;
  std::deque<Tick> last_;
};

}  // namespace tadpole
