// Internal header. LoopThread: the thread on which an I/O loop turns, as the loop sees it.
#pragma once

#include <optional>
#include <string_view>

#include "nano/base/clock.h"
#include "nano/base/listening_clock.h"

namespace nano {

/// It may have other work beside the loop, and its own idea of time. Called on that thread.
class LoopThread {
 public:
  virtual ~LoopThread() = default;

  /// A clock that stands still while the thread is held up (ListeningClock). The same within a turn.
  virtual TimePoint listened() const = 0;
  virtual void begin_wait() = 0;
  /// The loop looks at what has come. It meant to be back by `until`; nothing: whenever something comes.
  virtual void end_wait(std::optional<TimePoint> until) = 0;
  /// What it does from here on; pairs nest.
  virtual void begin_work(std::string_view name) = 0;
  virtual void end_work() = 0;
  /// In the middle and at the end of a turn: what it has for other threads goes over.
  virtual void hand_over() = 0;
};

/// A thread that has nothing but its loop.
class OwnThread : public LoopThread {
 public:
  /// `clock` outlives it.
  explicit OwnThread(const Clock& clock) : clock_(clock), listening_(clock.coarse_now()) {}

  TimePoint listened() const override { return listening_.now(); }
  void begin_wait() override { listening_.begin_wait(clock_.coarse_now()); }
  void end_wait(std::optional<TimePoint> until) override { listening_.end_wait(clock_.coarse_now(), until); }
  void begin_work(std::string_view) override {}
  void end_work() override {}
  void hand_over() override {}

 private:
  const Clock& clock_;
  ListeningClock listening_;
};

}  // namespace nano
