#include "benchmark/load/scenarios.h"
namespace nano::benchmark {
Results run_open_loop(const LoadOptions&, Failures&) { return {}; }
Results run_broadcast(const LoadOptions&, Failures&) { return {}; }
Results run_idle(const LoadOptions&, Failures&) { return {}; }
Results run_churn(const LoadOptions&, Failures&) { return {}; }
}  // namespace nano::benchmark
