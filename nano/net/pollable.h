// Internal header. Pollable: what a loop serves, a connected socket with whatever is behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nano {

/// All calls on the loop's thread. Kept alive by the loop's ReadySet from ReadySet::add() on.
class Pollable : public std::enable_shared_from_this<Pollable> {
 public:
  virtual ~Pollable() = default;

  virtual int descriptor() const = 0;
  /// `events` are epoll's: what has become possible, and may have been told before. Returns whether it wants
  /// a turn.
  virtual bool on_ready(std::uint32_t events) = 0;
  /// Its turn: a share of the thread's time (ReadySet::turn()).
  virtual void take_turn() = 0;
  /// It will have a turn, and wants no other before.
  virtual std::shared_ptr<Pollable> in_line() = 0;
  /// After IoLoop::mark_dirty(), at the end of the turn: writes what is queued.
  virtual void flush() = 0;
  /// The time given to IoLoop::add_deadline() has come.
  virtual void on_deadline() = 0;
  /// Its socket is closed, and it wants nothing any more.
  virtual bool is_closed() const = 0;

 private:
  friend class ReadySet;
  std::uint32_t place_ = 0;  // there
};

}  // namespace nano
