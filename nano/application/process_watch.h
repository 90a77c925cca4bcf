// Internal header. ProcessWatch: what must work though everything else hangs.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "nano/application/signal_pipe.h"
#include "nano/base/clock.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/scheduler/current_work.h"
#include "nano/scheduler/offload.h"

namespace nano {

/// Tells signals from their repetitions.
class SignalCount {
 public:
  /// Which one it is: 1 for the first. 0: the last one once more, within limits::signal_repeat.
  int count(int number, TimePoint now) {
    const bool again = number == last_ && now - at_ < limits::signal_repeat;
    last_ = number;
    at_ = now;
    return again ? 0 : ++count_;
  }

 private:
  int count_ = 0;
  int last_ = 0;
  TimePoint at_{};
};

/// How long a process that ends may still take. Any thread.
class TimeToEnd {
 public:
  /// What was said first holds.
  void expect_within(Duration time);
  /// No end is expected any more.
  void forget();
  /// Takes off what has passed. Whether the time is up.
  bool pass(Duration passed);

 private:
  std::mutex mutex_;
  std::optional<Duration> left_;
};

/// A thread that only looks and tells, and never waits for others:
/// - The first SIGINT, SIGTERM or SIGHUP stops the application; the second ends the process at once, with
///   exit code 128 + its number. So does the first once the application has stopped; but while others of the
///   same process run, it is for them. The same signal twice within limits::signal_repeat is one.
/// - It logs `logic thread stalled in=<name> session=<id> for_ms=<n>` while a piece of work takes too long.
/// - A stop that does not end in time ends the process with exit code 1, and names in the log what hangs.
/// Times are counted while the process runs: one that is stopped or frozen loses none.
class ProcessWatch {
 public:
  struct Watched {
    std::shared_ptr<const CurrentWork> logic;
    std::shared_ptr<const OffloadGate> workers;
    std::shared_ptr<TimeToEnd> time_to_end;  ///< for others to set, before and while the watch lives
    Log log;
    std::function<void()> stop;  ///< any thread; must not wait
  };

  explicit ProcessWatch(Watched watched);
  ~ProcessWatch();
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  /// Any thread. The application has stopped, and is not told to any more: its main() may take its time with
  /// what follows.
  void calm();

 private:
  /// What takes long at present.
  struct Hanging {
    WorkName name;
    Duration lasted{};
    std::string_view on;  ///< "logic thread", "worker"; empty: nothing that is known here
  };

  void run();
  /// Whether there was one.
  bool take_signal();
  void look_at_stall();
  void count_down(Duration passed);
  Hanging hanging() const;
  [[noreturn]] void end_process(int exit_code, LogLevel level, std::string event, std::string why);
  void say(std::function<void(const Log&)> tell);

  const Watched watched_;
  SignalPipe signals_;

  std::mutex stop_mutex_;  // held while a signal is taken and the application told, so that it is still there
  bool stopped_ = false;

  std::atomic<bool> ending_{false};

  // the thread's
  SignalCount signals_seen_;
  TimePoint stall_since_{};
  Duration told_of_{};  // how long the stall had lasted
  std::shared_ptr<std::atomic<bool>> saying_ = std::make_shared<std::atomic<bool>>(false);

  std::thread thread_;
};

}  // namespace nano
