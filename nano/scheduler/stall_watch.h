// Internal header. StallWatch: notices what keeps the logic thread too long, and names it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"

namespace nano {

/// Times what runs with one reading of the coarse clock for each piece: a piece begins where the one before
/// it ended. Logs `logic thread stalled in=<name> took_ms=<n>` for a piece that took too long, and `logic
/// thread busy took_ms=<n> tasks=<n>` for a turn in which no piece did but all together. Logic thread only.
class StallWatch {
 public:
  static constexpr std::size_t name_bytes_max = 64;

  /// The clock and the log must outlive it.
  StallWatch(const Clock& clock, const Log& log) : clock_(clock), log_(log) {}

  void set_limit(Duration limit) { limit_ = limit; }

  /// The logic thread begins to work, on `name`. What lies between the outermost end() and the next begin()
  /// is not timed. Pairs nest; the inner end() brings back the name of the outermost begin(), which must
  /// outlive that.
  void begin(std::string_view name);
  void end();
  /// Ends the current piece and begins another. The name is copied. No effect outside begin() and end().
  void note(std::string_view name);
  /// Ends the current piece, which was a task.
  void task_done() {
    ++tasks_;
    lap();
  }
  /// What the clock said at the last begin(), end(), note() or task_done().
  TimePoint last_reading() const { return piece_began_; }
  /// Names the current piece without reading the clock.
  void rename(std::string_view name);
  /// Of the current piece; valid until the next one. Empty outside begin() and end().
  std::string_view name() const { return {name_.data(), depth_ > 0 ? name_bytes_ : 0}; }

 private:
  void lap();

  const Clock& clock_;
  const Log& log_;
  Duration limit_ = limits::stall_limit;
  TimePoint began_{};
  TimePoint piece_began_{};
  std::size_t tasks_ = 0;
  int depth_ = 0;
  bool warned_ = false;
  std::string_view outermost_;
  std::array<char, name_bytes_max> name_{};
  std::size_t name_bytes_ = 0;
};

}  // namespace nano
