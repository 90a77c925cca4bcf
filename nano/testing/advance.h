// Internal header. How virtual time moves on.
#pragma once

#include <algorithm>
#include <optional>

#include "nano/base/clock.h"
#include "nano/scheduler/scheduler.h"

namespace nano::testing {

/// Moves the clock on by `duration`, stopping at each timer of the scheduler on the way; `settle` runs all
/// that is due.
template <class Settle>
void advance(ManualClock& clock, const Scheduler& scheduler, Duration duration, Settle&& settle) {
  const TimePoint end = clock.now() + duration;
  settle();
  for (;;) {
    const std::optional<TimePoint> next = scheduler.next_deadline();
    if (!next || *next > end) break;
    clock.advance(std::max(*next - clock.now(), Duration::zero()));
    settle();
  }
  clock.advance(end - clock.now());
}

}  // namespace nano::testing
