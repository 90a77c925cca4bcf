// Internal header. LoopTimer: a wait of a loop's thread, by the clock on the wall.
#pragma once

#include <memory>
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
  LoopTimer(IoLoop& loop, Duration time, Function<void()> done)
      : timer_(loop.context(), time), done_(std::make_shared<Function<void()>>(std::move(done))) {
    // A wait that is over is not cancelled any more, though it may not have been told yet.
    timer_.async_wait([still = std::weak_ptr{done_}](asio::error_code) {
      if (const auto tell = still.lock()) (*tell)();
    });
  }

 private:
  asio::steady_timer timer_;
  const std::shared_ptr<Function<void()>> done_;
};

}  // namespace nano
