// Internal header. SignsOfLife: whether a client is still there, by what it says and by what it takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/session/wire.h"

namespace nano {

/// A client answers only the heartbeats that have reached it. While what was sent before them is still on its
/// way, it shows that it lives by taking of that; as long as it takes nothing, or has taken all, its silence
/// counts. What its system takes without the client reading is no sign: that ends when its buffer is full.
///
/// Times are those of Scheduler::listened(). Logic thread only.
class SignsOfLife {
 public:
  explicit SignsOfLife(TimePoint now) : last_(now) {}

  /// A packet has come.
  void heard(TimePoint now) { last_ = now; }

  /// The handshake's answer is on its way.
  void answered(const WireProgress& progress) {
    taken_ = progress.taken;
    end_ = progress.end;
  }
  /// How much of that the client took since then, or since the last call.
  std::uint64_t took_of_answer(const WireProgress& progress) {
    if (taken_ >= end_) return 0;
    return progress.taken - std::exchange(taken_, progress.taken);
  }

  /// What the wire says, at any time. `next_interval`: a heartbeat is due; from here to the next one it is
  /// measured what the client takes.
  void measured(const WireProgress& progress, TimePoint now, bool next_interval);

  /// The last heartbeat has not reached the client yet, so another one would tell nothing.
  bool behind() const { return behind_; }
  /// So much waits for the client that it takes it in large steps: its system makes room anew only when half
  /// of its buffer is free.
  bool far_behind() const { return far_behind_; }
  /// The last sign of life.
  TimePoint last() const { return last_; }

 private:
  TimePoint last_;
  std::uint64_t taken_ = 0;  // when the last heartbeat was due
  std::uint64_t end_ = 0;    // of what was sent by then
  bool behind_ = false;
  bool far_behind_ = false;  // with what was sent by then, at the next one
};

inline void SignsOfLife::measured(const WireProgress& progress, TimePoint now, bool next_interval) {
  const bool was_behind = behind_;
  const bool is_behind = progress.taken < end_;
  const bool takes = progress.taken > taken_ && (is_behind || was_behind);
  if (takes || progress.unread) last_ = now;
  // While its own thread was held up, the wire could not hear.
  if (progress.unheard < now - last_) last_ = now - progress.unheard;
  if (!next_interval) return;
  behind_ = is_behind;
  far_behind_ = is_behind && end_ - progress.taken >= limits::progress_bytes;
  taken_ = progress.taken;
  end_ = progress.end;
}

}  // namespace nano
