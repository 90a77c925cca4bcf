// Internal header. Loop: waits for sockets and for points in time, on one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <sys/epoll.h>
#include <vector>

#include "benchmark/load/output_buffer.h"

namespace nano::benchmark {

using LoadClock = std::chrono::steady_clock;

/// What a socket's owner does when the socket is ready. Must live until the socket is closed.
class Ready {
 public:
  virtual ~Ready() = default;
  /// `events` as of epoll.
  virtual void on_ready(std::uint32_t events) = 0;
};

/// All members are for one thread.
class Loop {
 public:
  /// Called at the time it asked for, or as soon after that as the thread is free; returns the next time.
  using Timer = std::function<LoadClock::time_point(LoadClock::time_point now)>;

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Closing the socket ends the watch.
  void watch(int socket, std::uint32_t events, Ready& owner);
  void change_watch(int socket, std::uint32_t events, Ready& owner);

  /// One at a time: a new one takes the place of the old.
  void set_timer(LoadClock::time_point first, Timer timer);
  void stop_timer() { due_ = LoadClock::time_point::max(); }

  /// Until `done()` or `end`; says whether it was `done()`, which is asked after each turn.
  template <class Done>
  bool run_until(LoadClock::time_point end, Done&& done) {
    for (read_clock(); !done(); turn(end)) {
      if (now_ >= end) return false;
    }
    return true;
  }
  void run_for(double seconds);

  /// The time when the last input was read, or the last wait ended. Cheaper than the clock.
  LoadClock::time_point now() const { return now_; }
  LoadClock::time_point read_clock() { return now_ = LoadClock::now(); }

  /// Shared by all connections, so that they stay in the cache: for one read, and for what it causes to be
  /// sent.
  std::span<std::uint8_t> input() { return input_; }
  OutputBuffer& output() { return output_; }

 private:
  void turn(LoadClock::time_point end);
  void run_timer();

  int epoll_;
  LoadClock::time_point now_ = LoadClock::now();
  LoadClock::time_point due_ = LoadClock::time_point::max();
  Timer timer_;
  std::array<epoll_event, 256> events_{};
  std::vector<std::uint8_t> input_;
  OutputBuffer output_;
};

/// A span of seconds as the clock counts.
inline LoadClock::duration seconds_of(double seconds) {
  return std::chrono::duration_cast<LoadClock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace nano::benchmark
