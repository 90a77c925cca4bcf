// Internal header. LoopTimer: a wait of a loop's thread, by the clock on the wall.
#pragma once

#include <utility>

#include <asio/steady_timer.hpp>

#include "nano/base/clock.h"
#include "nano/base/function.h"
#include "nano/net/io_loop.h"

namespace nano {

/// Calls `done` once after `time`, on the loop's thread; not when it is destroyed before. Unlike the loop's
/// deadlines it goes on while the thread is held up: it is for those who asked for a time, not against them.
class LoopTimer {
 public:
  LoopTimer(IoLoop& loop, Duration time, Function<void()> done) : timer_(loop.context(), time) {
    timer_.async_wait([done = std::move(done)](asio::error_code cancelled) mutable {
      if (!cancelled) done();
    });
  }

 private:
  asio::steady_timer timer_;
};

}  // namespace nano
