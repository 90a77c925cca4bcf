// Internal header. TurnTime: the one time that a turn has.
#pragma once

#include <optional>

#include "nano/base/clock.h"

namespace nano {

/// What the clock said when the turn began. The logic decides by it, so a run can be repeated from these
/// readings, however long each handler takes. Logic thread only.
class TurnTime {
 public:
  /// The clock must outlive it.
  explicit TurnTime(const Clock& clock) : clock_(clock) {}

  void begin() {
    now_ = clock_.now();
    wall_.reset();
  }
  TimePoint now() const { return now_; }
  /// Read when first asked for in a turn: few turns ask.
  WallTime wall() const {
    if (!wall_) wall_ = clock_.wall();
    return *wall_;
  }

 private:
  const Clock& clock_;
  TimePoint now_{};
  mutable std::optional<WallTime> wall_;
};

}  // namespace nano
