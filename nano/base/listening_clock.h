// Internal header. ListeningClock: the time in which a thread was there to hear what others say.
#pragma once

#include <algorithm>
#include <optional>

#include "nano/base/clock.h"
#include "nano/base/limits.h"

namespace nano {

/// Stands still while its thread is held up: by a task that takes long, by a debugger, SIGSTOP or a frozen
/// machine. Who is judged by silence is judged on this clock: while nobody listened, nobody was silent, and
/// what came meanwhile is read before the clock goes on. Moves only when told, so that one turn has one time.
/// One thread.
///
/// When a wait ends late, its last limits::held_up_least count as held up, too: who was to speak by its end
/// has that much left. A thread that is held up again before it has listened for limits::held_up_least counts
/// that much each time: one that is always late still finds out, later, who is gone.
class ListeningClock {
 public:
  explicit ListeningClock(TimePoint now) : last_(now), listened_(now) {}

  /// The thread has done its work and waits from here on, unless it waits already. Until it says so again, it
  /// works.
  void begin_wait(TimePoint now) {
    if (waits_) return;
    pass(now, Duration::zero());
    waits_ = true;
  }
  /// The thread is there, and looks at what has come. It meant to be at `until` (nothing: whenever something
  /// comes); later than that it was held up.
  void end_wait(TimePoint now, std::optional<TimePoint> until) {
    pass(now, waits_ ? std::min(now, until.value_or(now)) - last_ : Duration::zero());
    waits_ = false;
  }

  /// Of use for differences only.
  TimePoint now() const { return listened_; }

 private:
  /// `waited`: so much of what has passed since the last call was meant.
  void pass(TimePoint now, Duration waited);

  TimePoint last_;
  TimePoint listened_;
  Duration since_held_up_ = limits::held_up_least;
  bool waits_ = true;
};

}  // namespace nano
