// Offloading: from a coroutine to a worker and back.

#include <cstdint>

#include "benchmark/micro/measure.h"
#include "nano/base/task.h"
#include "nano/scheduler/scheduler.h"

namespace nano::benchmark {
namespace {

/// How many calls of a burst are still away, and how many have come back in all.
struct Calls {
  std::size_t away = 0;
  std::uint64_t returned = 0;
};

/// Ends the scheduler's run when it is the last of the burst.
Task<void> call_once(Scheduler& scheduler, Calls& calls) {
  auto call = scheduler.offload([] { return std::uint64_t{1}; });
  const std::uint64_t one = co_await call;
  calls.returned += one;
  if (--calls.away == 0) scheduler.stop();
}

void measure_calls(State& state, Driver& driver, WorkerPool& workers) {
  const auto burst = static_cast<std::size_t>(state.range(0));
  const SystemClock clock;
  Scheduler scheduler{clock, driver, workers, Log{LogLevel::warning}};
  Calls calls;
  for (auto _ : state) {
    calls.away = burst;
    for (std::size_t i = 0; i < burst; ++i) scheduler.spawn(call_once(scheduler, calls));
    scheduler.run();
  }
  count_work(state, burst);
  expect(state, calls.returned == iterations(state) * burst, "not all calls have returned");
}

/// With a worker thread: the wake-ups of both threads are in it.
void offload_to_thread(State& state) {
  ParkingDriver driver;
  ThreadPool workers{1};
  measure_calls(state, driver, workers);
}
BENCHMARK(offload_to_thread)->ArgName("calls")->Arg(1)->Arg(64)->UseRealTime();

/// What remains without threads: coroutine, call object, post.
void offload_inline(State& state) {
  ManualDriver driver;
  InlineWorkers workers;
  measure_calls(state, driver, workers);
}
BENCHMARK(offload_inline)->ArgName("calls")->Arg(1)->Arg(64);

}  // namespace
}  // namespace nano::benchmark
