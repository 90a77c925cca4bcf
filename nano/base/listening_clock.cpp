#include "nano/base/listening_clock.h"

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
  // It may have been held up from before the end of what was meant, which may be somebody's deadline: so that
  // much is left until then in any case.
  const Duration heard = std::max(meant - limits::held_up_least, Duration::zero());
  const bool again = since_held_up_ + heard < limits::held_up_least;
  listened_ += heard + (again ? limits::held_up_least : Duration::zero());
  since_held_up_ = Duration::zero();
}

}  // namespace nano
