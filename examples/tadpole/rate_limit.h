// Internal header. How often a player may do something.
#pragma once

#include <algorithm>

#include "nano/base/clock.h"

namespace tadpole {

/// Allows `burst` uses at once, and one more each `interval`. A token bucket, kept as the one time at which
/// it will be full again.
class RateLimit {
 public:
  RateLimit(int burst, nano::Duration interval) : burst_(burst), interval_(interval) {}

  /// Whether one more use is allowed now; if so, it is counted.
  bool take(nano::TimePoint now) {
    const nano::TimePoint full_at = std::max(full_at_, now) + interval_;
    if (full_at - now > burst_ * interval_) return false;
    full_at_ = full_at;
    return true;
  }

 private:
  int burst_;
  nano::Duration interval_;
  nano::TimePoint full_at_ = nano::TimePoint::min();
};

}  // namespace tadpole
