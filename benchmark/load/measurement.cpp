#include "benchmark/load/measurement.h"

#include <stdexcept>
#include <utility>

namespace nano::benchmark {

void Measurement::start(LoadClock::time_point now) {
  watch_.start();
  own_cpu_s_ = own_cpu_s();
  started_at_ = now;
  runs_ = true;
}

void Measurement::stop(LoadClock::time_point end) {
  if (!runs_) return;  // broken off in the warm-up
  runs_ = false;
  results_.seconds = std::chrono::duration<double>(end - started_at_).count();
  results_.own_cpu_s = own_cpu_s() - own_cpu_s_;
  try {
    results_.processes = watch_.figures();
  } catch (const std::runtime_error& ended) {
    failures_.add(ended.what());
  }
}

Results Measurement::results(std::uint64_t lost) {
  results_.failed = failures_.count();
  results_.lost = lost;
  return std::move(results_);
}

}  // namespace nano::benchmark
