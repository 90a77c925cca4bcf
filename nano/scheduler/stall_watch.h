// Internal header. StallWatch: notices what keeps the logic thread too long, and names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/scheduler/current_work.h"

namespace nano {

/// Times what runs with one reading of the coarse clock for each piece: a piece begins where the one before
/// it ended. Logs `logic thread stalled in=<name> session=<id> took_ms=<n>` for a piece that took too long,
/// and `logic thread busy took_ms=<n> tasks=<n>` for a turn in which no piece did but all together. Logic
/// thread only; what it is at, other threads read from the CurrentWork.
class StallWatch {
 public:
  /// All of these must outlive it.
  StallWatch(const Clock& clock, const Log& log, CurrentWork& current)
      : clock_(clock), log_(log), current_(current) {}

  /// The logic thread begins to work, on `name`. What lies between the outermost end() and the next begin()
  /// is not timed. Pairs nest; the inner end() brings back the name of the outermost begin(), which must
  /// outlive that.
  void begin(std::string_view name, std::uint64_t session = 0);
  void end();
  /// Ends the current piece and begins another. The name is copied (its first WorkName::bytes_max bytes). No
  /// effect outside begin() and end().
  void note(std::string_view name, std::uint64_t session = 0);
  /// Ends the current piece, which was a task.
  void task_done() {
    ++tasks_;
    lap();
  }
  /// What the clock said at the last begin(), end(), note() or task_done().
  TimePoint last_reading() const { return piece_began_; }
  /// Names the current piece without reading the clock.
  void rename(std::string_view name) { current_.set_name(name, 0); }
  /// Of the current piece. Empty outside begin() and end().
  WorkName name() const { return depth_ > 0 ? current_.name() : WorkName{}; }

 private:
  void lap();

  const Clock& clock_;
  const Log& log_;
  CurrentWork& current_;
  TimePoint began_{};
  TimePoint piece_began_{};
  std::size_t tasks_ = 0;
  int depth_ = 0;
  bool warned_ = false;
  std::string_view outermost_;
};

}  // namespace nano
