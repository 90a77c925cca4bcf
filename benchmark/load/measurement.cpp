#include "benchmark/load/measurement.h"

#include <utility>

namespace nano::benchmark {

void Measurement::start() {
  watch_.start();
  own_cpu_s_ = own_cpu_s();
  started_at_ = LoadClock::now();
  runs_ = true;
}

void Measurement::stop() {
  if (!runs_) return;  // broken off in the warm-up
  results_.seconds = std::chrono::duration<double>(LoadClock::now() - started_at_).count();
  results_.own_cpu_s = own_cpu_s() - own_cpu_s_;
  results_.processes = watch_.figures();
  runs_ = false;
}

Results Measurement::results(const Failures& failures, std::uint64_t lost) {
  results_.failed = failures.count();
  results_.lost = lost;
  return std::move(results_);
}

}  // namespace nano::benchmark
