// Internal header. Measurement: the part of a run that counts, from its start after the warm-up to its end.
#pragma once

#include <cstdint>

#include "benchmark/load/failures.h"
#include "benchmark/load/loop.h"
#include "benchmark/load/options.h"
#include "benchmark/load/processes.h"
#include "benchmark/load/results.h"

namespace nano::benchmark {

/// How long is waited at the end for what is still on its way, before it counts as lost.
inline constexpr double drain_s_max = 5;

/// One thread.
class Measurement {
 public:
  Measurement(const LoadOptions& options, Failures& failures)
      : failures_(failures),
        watch_(options.processes),
        warm_up_(seconds_of(options.warm_up_s)),
        duration_(seconds_of(options.seconds)),
        in_flight_max_(options.connections * options.in_flight) {}

  /// Time, CPU time and messages count from here.
  void start(LoadClock::time_point now);

  /// Counts a message, unless the measurement does not run.
  void record(LoadClock::duration latency) {
    if (!runs_) return;
    results_.messages += 1;
    results_.latency.record(std::chrono::nanoseconds{latency}.count());
  }

  /// Of sending.
  void record_lateness(LoadClock::duration lateness) {
    results_.lateness.record(std::chrono::nanoseconds{lateness}.count());
  }

  /// Nothing counts from here on. The time has ended at `end`, which may be earlier: waiting for what is lost
  /// is not part of it.
  void stop(LoadClock::time_point end);

  /// Runs the loop for the warm-up, starts, runs it for the time to be measured, and stops; `is_over()` ends
  /// both early. If the server was held up all the time there is nothing to tell: then the measurement goes
  /// on, at most `drain_s_max`, until a message has both left and been answered in it.
  template <class IsOver>
  void run(Loop& loop, IsOver&& is_over) {
    loop.run_until(LoadClock::now() + warm_up_, is_over);
    start(loop.read_clock());
    const auto end = started_at_ + duration_;
    loop.run_until(end, is_over);
    loop.run_until(end + seconds_of(drain_s_max),
                   [&] { return results_.messages > in_flight_max_ || is_over(); });
    stop(loop.read_clock());
  }

  /// Once, after stop().
  Results results(std::uint64_t lost);

 private:
  Failures& failures_;
  ProcessWatch watch_;
  LoadClock::duration warm_up_;
  LoadClock::duration duration_;
  std::uint64_t in_flight_max_;  // so many may have left before the start
  bool runs_ = false;
  LoadClock::time_point started_at_;
  double own_cpu_s_ = 0;
  Results results_;
};

}  // namespace nano::benchmark
