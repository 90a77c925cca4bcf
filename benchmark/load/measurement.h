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
  explicit Measurement(const LoadOptions& options) : watch_(options.processes) {}

  /// Time, CPU time and messages count from here.
  void start();

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

  /// Ends the time and the CPU time.
  void stop();

  /// Once, after stop().
  Results results(const Failures& failures, std::uint64_t lost);

 private:
  ProcessWatch watch_;
  bool runs_ = false;
  LoadClock::time_point started_at_;
  double own_cpu_s_ = 0;
  Results results_;
};

}  // namespace nano::benchmark
