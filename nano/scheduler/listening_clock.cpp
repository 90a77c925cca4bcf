#include "nano/scheduler/listening_clock.h"

#include <algorithm>
#include <utility>

namespace nano {

void ListeningClock::pass(TimePoint now, Duration waited) {
  const Duration passed = now - std::exchange(last_, std::max(last_, now));
  if (passed <= Duration::zero()) return;
  const Duration meant = std::max(waited, Duration::zero());
  if (passed - meant <= limits::held_up_least) {
    listened_ += passed;
    since_held_up_ = std::min(since_held_up_ + passed, limits::held_up_least);
    return;
  }
  const bool again = since_held_up_ + meant < limits::held_up_least;
  listened_ += meant + (again ? limits::held_up_least : Duration::zero());
  since_held_up_ = Duration::zero();
}

}  // namespace nano
